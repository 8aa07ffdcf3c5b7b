
-- ARGV: the cache, the loader's token. Replies whether there was such a lease.
local now = clock()
local head, floor = standing(ARGV[1])
local holder, granted, ends = parse_lease(fetch() or '')
if holder ~= ARGV[2] or now >= ends or granted < floor then
  return {0}
end
redis.call('DEL', RECORD)
return {1}
