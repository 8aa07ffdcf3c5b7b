
-- ARGV: as change() has it, then the cache. Replies the cache's new floor.
standing(ARGV[4])
local version = advance()
redis.call('HSET', FLOORS, ARGV[4], text(version))
change(version)
return {version}
