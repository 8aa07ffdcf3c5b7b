
-- ARGV: as change() has it, then the life, the retention, the cost, the payload, and from when until when it may be carried out.
-- Replies the version, whether it was stored, the clock, and whether it was late.
local now = clock()
if now < tonumber(ARGV[8]) or now > tonumber(ARGV[9]) then
  return {current(), 0, now, 1}
end
need_memory()
local found = unyielding(now)
local version = advance()
if not found then
  store_value(new_value(version, now, ARGV[4], ARGV[5], ARGV[6], ARGV[7]))
elseif found.kind == 'I' then
  contend(found)
end
change(version)
return {version, found and 0 or 1, now, 0}
