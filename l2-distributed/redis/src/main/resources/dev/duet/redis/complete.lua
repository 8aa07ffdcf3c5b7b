
-- ARGV: as change() has it, then the writer's token, the cache, the version at which it began; then the life, the retention,
-- the cost, the payload if there is a new value. Replies the version or the head, whether the value was stored, and the clock.
local now = clock()
local found = unyielding(now)
local place = found and found.kind == 'I' and place_of(ARGV[4], found.writers)

if not place then
  local version = advance()
  if not found then
    redis.call('DEL', RECORD)
  elseif found.kind == 'I' then
    contend(found)
  end
  change(version)
  return {version, 0, now}
end

table.remove(found.writers, place)
if #found.writers > 0 then
  insist()
  contend(found)
  return {current(), 0, now}
end
if found.contended or found.head ~= tonumber(ARGV[6]) or not ARGV[10] then
  redis.call('DEL', RECORD)
  return {current(), 0, now}
end
local head, floor = standing(ARGV[5])
if found.head < floor then
  redis.call('DEL', RECORD)
  return {head, 0, now}
end
if pcall(store_value, new_value(head, now, ARGV[7], ARGV[8], ARGV[9], ARGV[10])) then
  return {head, 1, now}
end
redis.call('DEL', RECORD) -- the server is out of memory, and takes no value; the intent ends all the same
return {head, 0, now}
