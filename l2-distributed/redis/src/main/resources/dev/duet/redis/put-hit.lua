-- The way of a put that finds nothing, or a value, and a head: few calls, and nothing of the rest is built up.
-- ARGV and the reply as the rest has them.
do
  local NEVER = 9007199254740991
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local kind = now >= tonumber(ARGV[8]) and now <= tonumber(ARGV[9]) and redis.pcall('GETRANGE', KEYS[3], 0, 0)
  local head = (kind == '' or kind == 'V') and redis.pcall('INCR', KEYS[1])
  if type(head) == 'number' then
    if head > 1 and head < NEVER then
      local version = string.format('%.0f', head)
      local life, retention = tonumber(ARGV[4]), tonumber(ARGV[5])
      local ends = life < NEVER - now and now + life or NEVER
      local retained = retention < NEVER - ends and ends + retention or NEVER
      local record = string.format('V %s %.0f %.0f %.0f 0 %s - %d\n', version, now, ends, retained, ARGV[6], #ARGV[7]) .. ARGV[7]
      if retained < NEVER then
        redis.call('SET', KEYS[3], record, 'PXAT', string.format('%.0f', math.ceil(retained / 1000)))
      else
        redis.call('SET', KEYS[3], record)
      end
      local message = ARGV[2] .. version .. ARGV[3]
      local added = redis.pcall('XADD', KEYS[4], 'MAXLEN', '~', 1024, version .. '-0', 'c', message)
      if type(added) == 'table' and added.err then
        redis.call('DEL', KEYS[4]) -- as change() has it
        redis.call('XADD', KEYS[4], version .. '-0', 'c', message)
      end
      redis.call('PUBLISH', ARGV[1], message)
      return {head, 1, now, 0}
    end
    redis.call('DEL', KEYS[1]) -- it was lost, and the rest is to find that out for itself
  end
end
