
-- ARGV: as change() has it, then the life, the retention, the cost, the payload.
-- Replies the version, whether it was stored, and the clock.
local now = clock()
local writers = writers_at(now)
local version = advance()
if writers then
  store_intent(writers, true, '')
else
  store_value(new_value(version, now, ARGV[4], ARGV[5], ARGV[6], ARGV[7]))
end
change(version)
return {version, writers and 0 or 1, now}
