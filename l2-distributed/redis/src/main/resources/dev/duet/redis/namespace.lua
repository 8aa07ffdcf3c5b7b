-- Joins a namespace, or creates it. KEYS: its description. ARGV: the number of partitions, the format.
-- Replies those that it has, or nothing if something else lies there.
local found = redis.pcall('HMGET', KEYS[1], 'partitions', 'format')
if found.err then
  return {}
end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('PERSIST', KEYS[1]) -- as insist() has it
  redis.call('HSET', KEYS[1], 'partitions', ARGV[1], 'format', ARGV[2])
  return {ARGV[1], ARGV[2]}
end
return {found[1] or '', found[2] or ''}
