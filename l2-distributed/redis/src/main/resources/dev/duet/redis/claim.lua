
-- KEYS: the lease of the flusher in the place of a record. ARGV: what the names of the cache's records begin with, the
-- flusher's token, the term, how many are replied at most, and the holding that has run out, or nothing.
-- Replies whether it is granted, how many are pending, how many are parked, how many were lost; then of each that is due the
-- key and the record. If another holds the lease: that is not granted, the same counts, then the holding and its term.
--
-- The lease is a text, token:renewal term, and has no end for the server: one that a server short of memory evicts would let two
-- write at once, and so would one that ends by a clock that is set forward. Whoever has seen a holding for all of its term takes
-- it over. The first renewal is the clock, so that a lease that was given back and is claimed again is another holding.
local now = clock()
local token, length, most, over = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]

local function count(queue)
  local size = redis.pcall('ZCARD', queue)
  return type(size) == 'number' and size or 0
end

local at = fetch()
local holder, renewal, theirs = string.match(at or '', '^([%w_.-]+):(%d+) (%d+)$')
local mine = holder == token
if holder and not mine and holder .. ':' .. renewal ~= over then
  return {0, count(QUEUE), count(PARKED), 0, holder .. ':' .. renewal, tonumber(theirs)}
end
if length == 0 or count(QUEUE) == 0 then
  if at then
    redis.call('DEL', RECORD)
  end
  return {0, count(QUEUE), count(PARKED), 0}
end
insist()
redis.call('SET', RECORD, token .. ':' .. (mine and text(renewal + 1) or text(now)) .. ' ' .. text(length))

local reply, lost = {1, 0, 0, 0}, 0
local function take(member)
  local record = redis.pcall('GET', ARGV[1] .. member)
  local pending = type(record) == 'string' and parse_pending(record)
  if pending and pending.due < NEVER then
    if pending.due <= now or pending.due - now > pending.pause + SLACK then
      reply[#reply + 1] = member
      reply[#reply + 1] = record
    end
  else
    leave(QUEUE, member)
    if pending then
      enter(PARKED, now, member)
    else
      lost = lost + 1
    end
  end
end

for _, member in ipairs(redis.call('ZRANGEBYSCORE', QUEUE, '-inf', text(now), 'LIMIT', 0, most)) do
  take(member)
end
-- What is due later waits for a pause to end; or the clock was set back since it was put there.
if tonumber(most) > (#reply - 4) / 2 then
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', QUEUE, '(' .. text(now), '+inf', 'LIMIT', 0, most)) do
    if (#reply - 4) / 2 < tonumber(most) then
      take(member)
    end
  end
end
reply[2], reply[3], reply[4] = count(QUEUE), count(PARKED), lost
return reply
