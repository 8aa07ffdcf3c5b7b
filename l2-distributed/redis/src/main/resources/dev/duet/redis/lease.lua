
-- ARGV: the cache, the loader's token, the term, the version to discard.
-- Replies the head at which the lease was granted, and whether what it replaces is damaged; or, if refused, what read.lua
-- replies.
local token = ARGV[2]
local now = clock()
local head, floor = standing(ARGV[1])
local record = fetch()
local damaged = 0

if record then
  local version, ends = parse_value(record)
  local holder, granted, until_ = parse_lease(record)
  local writers = parse_intent(record, now)
  if version then
    if now < ends and version >= floor and version ~= tonumber(ARGV[4]) then
      return {head, floor, now, record}
    end
  elseif holder then
    if now < until_ and granted >= floor then
      if holder == token then
        return {granted, 0}
      end
      return {head, floor, now, record}
    end
  elseif writers then
    if #writers > 0 then
      return {head, floor, now, record}
    end
  else
    damaged = 1
  end
end

local ends = after(now, ARGV[3])
store('L ' .. token .. ' ' .. text(head) .. ' ' .. text(ends) .. '\n', ends)
return {head, damaged}
