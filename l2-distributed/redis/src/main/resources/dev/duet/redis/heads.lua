-- Replies the heads that lie under the keys, nil where that is none; then the id of the server's process.
local reply = redis.call('MGET', unpack(KEYS))
reply[#KEYS + 1] = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''
return reply
