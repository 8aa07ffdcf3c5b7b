
-- ARGV: as change() has it, then the writer's token; then the life, the cost, the payload if there is a new value.
-- Replies the version or the head, and whether the value was stored.
local now = clock()
local writers, contended = writers_at(now)
local place = writers and place_of(ARGV[4], writers)

if not place then
  local version = advance()
  if writers then
    store_intent(writers, true, '')
  else
    redis.call('DEL', RECORD)
  end
  change(version)
  return {version, 0}
end

local head = current()
table.remove(writers, place)
if #writers > 0 then
  store_intent(writers, true, '')
  return {head, 0}
end
if contended or not ARGV[7] then
  redis.call('DEL', RECORD)
  return {head, 0}
end
store_value(head, now, ARGV[5], ARGV[6], ARGV[7])
return {head, 1}
