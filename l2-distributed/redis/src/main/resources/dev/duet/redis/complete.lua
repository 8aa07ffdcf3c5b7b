
-- ARGV: as change() has it, then the writer's token; then the life, the retention, the cost, the payload if there is a new
-- value. Replies the version or the head, whether the value was stored, and the clock.
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
  return {version, 0, now}
end

local head = current()
table.remove(writers, place)
if #writers > 0 then
  store_intent(writers, true, '')
  return {head, 0, now}
end
if contended or not ARGV[8] then
  redis.call('DEL', RECORD)
  return {head, 0, now}
end
store_value(new_value(head, now, ARGV[5], ARGV[6], ARGV[7], ARGV[8]))
return {head, 1, now}
