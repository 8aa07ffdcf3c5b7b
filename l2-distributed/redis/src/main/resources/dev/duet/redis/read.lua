
-- ARGV: the cache. Replies the head, the floor, the clock, and the record: nil if there is none, 1 if it is no string.
local head, floor = standing(ARGV[1])
local record = redis.pcall('GET', RECORD)
if type(record) == 'table' then
  record = 1
end
return {head, floor, clock(), record}
