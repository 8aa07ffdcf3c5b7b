
-- ARGV: the cache, the channel, the hint to those who wait, the loader's token, the head at which its lease was granted, the
-- life, the retention, the cost, the payload. Replies the head, whether it was stored, and the clock.
local now = clock()
local head, floor = standing(ARGV[1])
local live = loaded_at(fetch() or '', now, floor)
local lease = works(ARGV[4], live)
if not lease or lease.head ~= tonumber(ARGV[5]) then
  return {head, 0, now}
end
store_value(new_value(head, now, ARGV[6], ARGV[7], ARGV[8], ARGV[9]))
if lease.awaited then
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return {head, 1, now}
