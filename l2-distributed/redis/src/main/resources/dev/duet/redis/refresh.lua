
-- ARGV: the cache, the loader's token, the term, when the value was written. Replies as lease.lua does, with the value that
-- is loaded anew.
local now = clock()
local head, floor = standing(ARGV[1])
local record = fetch()
local value = record and parse_value(record, 1)
local live = value and value_at(value, now, floor)

if not live or live.kind ~= 'V' or not is_fresh(live, now) or live.written ~= tonumber(ARGV[4]) then
  if record == '' then
    record = 1
  end
  return {head, floor, now, record}
end
local at = live.refresher
if not at then
  live.refresher = {token = ARGV[2], head = head, term = term(now, ARGV[3])}
  store_value(live)
  return {head, floor, now, record, head, 0}
end
if at.token == ARGV[2] then
  return {head, floor, now, record, at.head, 0}
end
return {head, floor, now, record}
