
-- ARGV: what the names of the cache's records begin with, how many are replied at most. Replies how many were lost, then of
-- each that is parked the key and the record.
local reply = {0}
for _, member in ipairs(redis.pcall('ZRANGEBYSCORE', PARKED, '-inf', '+inf', 'LIMIT', 0, ARGV[2])) do
  local record = redis.pcall('GET', ARGV[1] .. member)
  local pending = type(record) == 'string' and parse_pending(record)
  if pending and pending.due == NEVER then
    reply[#reply + 1] = member
    reply[#reply + 1] = record
  else
    leave(PARKED, member)
    if not pending then
      reply[1] = reply[1] + 1
    end
  end
end
return reply
