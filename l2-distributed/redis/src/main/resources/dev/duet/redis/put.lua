
-- ARGV: as change() has it, then the life, the retention, the cost, the payload.
-- Replies the version, whether it was stored, and the clock.
local now = clock()
local found = unyielding(now)
local version = advance()
if not found then
  store_value(new_value(version, now, ARGV[4], ARGV[5], ARGV[6], ARGV[7]))
elseif found.kind == 'I' then
  contend(found)
end
change(version)
return {version, found and 0 or 1, now}
