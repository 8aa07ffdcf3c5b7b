-- Replies the id of the server's process, and its clock in microseconds.
local time = redis.call('TIME')
return {string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or '', time[1] * 1000000 + time[2]}
