-- The way of a read that finds something: two calls, and nothing of the rest is built up.
-- ARGV: the cache. Replies the head, the floor, the clock, and the record.
do
  local time = redis.call('TIME')
  local found = redis.call('MGET', KEYS[1], KEYS[2], KEYS[3])
  local head, floor, record = version_of(found[1]), floor_of(found[2], ARGV[1]), found[3]
  if head and floor and record then
    return {head, floor, time[1] * 1000000 + time[2], record}
  end
end
