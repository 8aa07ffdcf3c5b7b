-- Reads many records at once, as they are and without bringing anything back: what is missing or odd is left to a read of
-- its own.
--
-- KEYS: the heads of partitions, their floors in the same order, then the records. ARGV: the cache, how many partitions.
-- Replies the clock; then head and floor of each partition, two zeros where either is lost; then the records, false where
-- there is none or no string. Ends early, with the records so far, once they are more than a mebibyte.
local partitions, time = tonumber(ARGV[2]), redis.call('TIME')
local reply, heads = {time[1] * 1000000 + time[2]}, redis.call('MGET', unpack(KEYS, 1, partitions))
for p = 1, partitions do
  local floors = redis.pcall('HMGET', KEYS[partitions + p], '*', ARGV[1])
  local head, base, own = tonumber(heads[p]), tonumber(floors[1]), tonumber(floors[2])
  local stands = head and head >= 1 and head < 9007199254740991 and base and (own or not floors[2])
  reply[2 * p] = stands and head or 0
  reply[2 * p + 1] = stands and math.max(base, own or 0) or 0
end
local bytes = 0
for from = 2 * partitions + 1, #KEYS, 16 do
  local found = redis.call('MGET', unpack(KEYS, from, math.min(from + 15, #KEYS)))
  for i = 1, #found do
    reply[#reply + 1] = found[i]
    bytes = bytes + (found[i] and #found[i] or 0)
  end
  if bytes > 1048576 then
    break
  end
end
return reply
