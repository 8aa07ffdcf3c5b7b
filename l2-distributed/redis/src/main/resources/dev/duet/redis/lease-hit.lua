-- The way of a read that finds a value in its life, which needs no lease: three calls, and nothing of the rest is built up.
-- ARGV as the rest has it.
do
  local time = redis.call('TIME')
  local found = redis.call('MGET', KEYS[1], KEYS[3])
  local floors = redis.pcall('HMGET', KEYS[2], '*', ARGV[1])
  local head, base, own, record = tonumber(found[1]), tonumber(floors[1]), tonumber(floors[2]), found[2]
  if record and head and head >= 1 and head < 9007199254740991 and base and (own or not floors[2]) then
    local version, ends, size, start = string.match(record, '^V (%d+) %d+ (%d+) %d+ %d+ %d+ %- (%d+)\n()')
    if version and #record == start - 1 + tonumber(size) then
      local floor, now = math.max(base, own or 0), time[1] * 1000000 + time[2]
      version = tonumber(version)
      if version >= floor and version ~= tonumber(ARGV[4]) and now < tonumber(ends) then
        return {head, floor, now, record}
      end
    end
  end
end
