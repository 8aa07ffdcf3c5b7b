
-- ARGV: the cache, the loader's token, the head at which its lease was granted, the life, the cost, the payload.
-- Replies the head, and whether it was stored.
local now = clock()
local head, floor = standing(ARGV[1])
local holder, granted, ends = parse_lease(fetch() or '')
if holder ~= ARGV[2] or granted ~= tonumber(ARGV[3]) or now >= ends or granted < floor then
  return {head, 0}
end
store_value(head, now, ARGV[4], ARGV[5], ARGV[6])
return {head, 1}
