
-- ARGV: as change() has it. Replies the version.
local found = unyielding(clock())
local version = advance()
if not found then
  redis.call('DEL', RECORD)
elseif found.kind == 'I' then
  contend(found)
end
change(version)
return {version}
