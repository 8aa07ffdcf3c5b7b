
-- ARGV: the cache, the writer's or the loader's token, the term. Replies whether there is such an intent or lease still.
local now = clock()
insist()
local found = unyielding(now)
local place = found and found.kind == 'I' and place_of(ARGV[2], found.writers)
if place then
  found.writers[place].term = term(now, ARGV[3])
  store_intent(found)
  return {1}
end
if found then
  return {0}
end
local _, floor = standing(ARGV[1])
local live = loaded_at(fetch() or '', now, floor)
local lease = works(ARGV[2], live)
if not lease then
  return {0}
end
lease.term = term(now, ARGV[3])
if live.kind == 'L' then
  store_lease(live)
else
  store_value(live)
end
return {1}
