
-- ARGV: the cache, the loader's token, the term, the version to discard.
-- Replies what read.lua replies if it is refused. If it is granted: the head, the floor, the clock, the stale value beside
-- the lease or nil, the head at which the lease was granted, and whether what it replaces is damaged.
local token = ARGV[2]
local now = clock()
local head, floor = standing(ARGV[1])
local record = fetch()
local damaged, live = 0, nil

if record then
  local value = parse_value(record, 1)
  local lease = not value and parse_lease(record)
  if value then
    live = value_at(value, now, floor)
  elseif lease then
    live = lease_at(lease, now, floor)
  else
    local intent = parse_intent(record, now)
    if intent and #intent.writers > 0 or parse_pending(record) then
      return {head, floor, now, record}
    end
    damaged = intent and 0 or 1
  end
end

local retained = false
if live and live.kind == 'L' then
  if live.token == token then
    return {head, floor, now, live.retained and value_text(live.retained) or false, live.head, 0}
  end
  if not live.awaited then
    live.awaited = true
    store_lease(live)
  end
  return {head, floor, now, record}
elseif live and live.version ~= tonumber(ARGV[4]) then
  if is_served(live, now) then
    return {head, floor, now, record}
  end
  retained = live
end

store_lease({token = token, head = head, term = term(now, ARGV[3]), awaited = false, retained = retained})
return {head, floor, now, retained and value_text(retained) or false, head, damaged}
