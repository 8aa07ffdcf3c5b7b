
-- ARGV: as change() has it, then the cache. Replies the cache's new floor.
standing(ARGV[4])
local version = advance()
local floors, own = redis.call('GET', FLOORS), ' ' .. ARGV[4] .. '='
local from, to = string.find(floors, own, 1, true)
local before = from and string.sub(floors, 1, from - 1) or floors
local after = from and string.match(floors, '^%d+(.*)$', to + 1) or ''
redis.call('SET', FLOORS, before .. own .. text(version) .. after)
change(version)
return {version}
