
-- What the operations on pending writes share: where the queues are, and how a write goes in and out of them.
--
-- KEYS beside the partition's: the cache's writes that are to be made, by when they are due; those that are parked, by when
-- they were parked. A write is named by the text of its key.

local QUEUE, PARKED = KEYS[5], KEYS[6]

-- Puts a write into a queue. One that is no queue is replaced: it has nothing.
local function enter(queue, score, member)
  local added = redis.pcall('ZADD', queue, text(score), member)
  if type(added) == 'table' and added.err then
    redis.call('DEL', queue)
    redis.call('ZADD', queue, text(score), member)
  end
end

local function leave(queue, member)
  redis.pcall('ZREM', queue, member)
end

-- Stores a write that is pending, and puts it into the queue where it belongs. It stays until it is made: it has no end.
local function store_pending(member, pending, now)
  local failure = pending.failure
  insist()
  redis.call('SET', RECORD, string.format('P %.0f %.0f %.0f ', pending.due, pending.pause, pending.attempts) .. (failure and #failure or '-')
    .. '\n' .. (failure or '') .. value_text(pending.value))
  if pending.due < NEVER then
    leave(PARKED, member)
    enter(QUEUE, pending.due, member)
  else
    leave(QUEUE, member)
    if type(redis.pcall('ZSCORE', PARKED, member)) ~= 'string' then
      enter(PARKED, now, member)
    end
  end
end

-- The pending write that is stored, or nil.
local function pending_now()
  return parse_pending(fetch() or '')
end
