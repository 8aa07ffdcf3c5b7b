-- Replies the id of the server's process.
return {string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''}
