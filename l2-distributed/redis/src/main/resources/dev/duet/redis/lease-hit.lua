-- The way of a read that finds a value in its life, which needs no lease: two calls, and nothing of the rest is built up.
-- ARGV as the rest has it.
do
  local time = redis.call('TIME')
  local found = redis.call('MGET', KEYS[1], KEYS[2], KEYS[3])
  local head, floor, record = version_of(found[1]), floor_of(found[2], ARGV[1]), found[3]
  if head and floor and record then
    local version, written, ends, size, start = string.match(record, '^V (%d+) (%d+) (%d+) %d+ %d+ %d+ %- (%d+)\n()')
    if version and #record == start - 1 + tonumber(size) then
      local now = time[1] * 1000000 + time[2]
      version = tonumber(version)
      if version >= floor and version ~= tonumber(ARGV[4]) and now < tonumber(ends) and now >= tonumber(written) then
        return {head, floor, now, record}
      end
    end
  end
end
