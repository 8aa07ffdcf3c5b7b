-- Replies what the server tells of itself.
return {redis.call('INFO')}
