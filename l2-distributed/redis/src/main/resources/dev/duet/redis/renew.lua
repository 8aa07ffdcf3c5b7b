
-- ARGV: the writer's token, the term. Replies whether there is such an intent still.
local now = clock()
local writers, contended, old = writers_at(now)
local place = writers and place_of(ARGV[1], writers)
if not place then
  return {0}
end
writers[place].ends = after(now, ARGV[2])
store_intent(writers, contended, old)
return {1}
