-- The way of a read that finds something: three calls, and nothing of the rest is built up.
-- ARGV: the cache. Replies the head, the floor, the clock, and the record.
do
  local time = redis.call('TIME')
  local found = redis.call('MGET', KEYS[1], KEYS[3])
  local floors = redis.pcall('HMGET', KEYS[2], '*', ARGV[1])
  local head, base, own, record = tonumber(found[1]), tonumber(floors[1]), tonumber(floors[2]), found[2]
  if record and head and head >= 1 and head < 9007199254740991 and base and (own or not floors[2]) then
    return {head, math.max(base, own or 0), time[1] * 1000000 + time[2], record}
  end
end
