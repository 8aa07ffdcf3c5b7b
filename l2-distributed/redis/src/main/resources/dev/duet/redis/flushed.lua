
-- ARGV: the cache, the key, the version, and 1 if the writer may have been late. Replies whether nothing is pending any more.
local now = clock()
local version, late = tonumber(ARGV[3]), ARGV[4] == '1'
local _, floor = standing(ARGV[1])
local record = fetch() or ''
local pending = parse_pending(record)

if not pending then
  local live = late and loaded_at(record, now, floor)
  if not live or live.kind ~= 'V' or live.version <= version or tonumber(live.cost) > 0 then
    return {1}
  end
  live.refresher = nil
  store_pending(ARGV[2], {due = now, pause = 0, attempts = 0, value = live}, now)
  return {0}
end
if pending.value.version ~= version or late then
  return {0}
end
local live = value_at(pending.value, now, floor)
insist()
if live and live.kind == 'V' then
  store_value(live)
else
  redis.call('DEL', RECORD)
end
leave(QUEUE, ARGV[2])
leave(PARKED, ARGV[2])
return {1}
