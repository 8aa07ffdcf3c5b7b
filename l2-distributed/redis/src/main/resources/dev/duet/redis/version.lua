-- Replies the server's version.
return {string.match(redis.call('INFO', 'server'), 'redis_version:(%S+)') or ''}
