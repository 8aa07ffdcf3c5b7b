
-- ARGV: as change() has it. Replies the version.
local writers = writers_at(clock())
local version = advance()
if writers then
  store_intent(writers, true, '')
else
  redis.call('DEL', RECORD)
end
change(version)
return {version}
