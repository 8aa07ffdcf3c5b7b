-- Reads heads, floors and records of partitions at once, as they are and without bringing anything back: what is missing or odd
-- is left to a read of its own. Replies what lies under the keys, nil where that is nothing or no string; then the clock.
local time = redis.call('TIME')
local reply = redis.call('MGET', unpack(KEYS))
reply[#KEYS + 1] = time[1] * 1000000 + time[2]
return reply
