
-- KEYS: the lease of the flusher in the place of a record. ARGV: what the names of the cache's records begin with, the
-- flusher's token, the term, how many are replied at most.
-- Replies whether it is granted, how many are pending, how many are parked, how many were lost; then of each that is due the
-- key and the record.
--
-- The lease is a text, token:until, and has no end for the server: one that a server short of memory evicts would let two
-- write at once.
local now = clock()
local token, term, most = ARGV[2], tonumber(ARGV[3]), ARGV[4]

local function count(queue)
  local size = redis.pcall('ZCARD', queue)
  return type(size) == 'number' and size or 0
end

local at = fetch()
local holder, ends = string.match(at or '', '^([%w_.-]+):(%d+)$')
if holder and holder ~= token and now < tonumber(ends) then
  return {0, count(QUEUE), count(PARKED), 0}
end
if term == 0 or count(QUEUE) == 0 then
  if at then
    redis.call('DEL', RECORD)
  end
  return {0, count(QUEUE), count(PARKED), 0}
end
redis.call('SET', RECORD, token .. ':' .. text(after(now, term)))

local reply, lost = {1, 0, 0, 0}, 0
for _, member in ipairs(redis.call('ZRANGEBYSCORE', QUEUE, '-inf', text(now), 'LIMIT', 0, most)) do
  local record = redis.pcall('GET', ARGV[1] .. member)
  local pending = type(record) == 'string' and parse_pending(record)
  if pending and pending.due < NEVER then
    reply[#reply + 1] = member
    reply[#reply + 1] = record
  else
    leave(QUEUE, member)
    if pending then
      enter(PARKED, now, member)
    else
      lost = lost + 1
    end
  end
end
reply[2], reply[3], reply[4] = count(QUEUE), count(PARKED), lost
return reply
