-- Stores a write that is pending. What every write waits for, so it does with few calls, and builds up nothing that it does not
-- need; where the head is lost, the rest brings it back.
--
-- KEYS: as the other operations on pending writes have them. ARGV: the channel, the message up to the version, the message
-- after it, the key, 1 if there may be one more that is pending, the life, the retention, the cost, the payload,
-- and from when until when it may be carried out.
-- Replies the version or the head, whether it was accepted, whether it took the place of another, the clock, and whether it was
-- late.
local NEVER = 9007199254740991
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

-- When what is pending there is due, and how often it has failed; nil if nothing is.
local start, due, attempts = redis.pcall('GETRANGE', KEYS[3], 0, 63), nil, nil
if type(start) == 'string' then
  due, attempts = string.match(start, '^P (%d+) %d+ (%d+) ')
end

local function accept(head)
  local version = string.format('%.0f', head)
  local parked = due == '9007199254740991'
  local in_turn = due and attempts == '0' and not parked
  local at = in_turn and due or string.format('%.0f', now)
  local life, retention = tonumber(ARGV[6]), tonumber(ARGV[7])
  local ends = life < NEVER - now and now + life or NEVER
  local retained = retention < NEVER - ends and ends + retention or NEVER
  redis.call('SET', KEYS[3], string.format('P %s 0 0 -\nV %s %.0f %.0f %.0f 0 %s - %d\n', at, version, now, ends, retained,
    ARGV[8], #ARGV[9]) .. ARGV[9])
  if not in_turn then
    local added = redis.pcall('ZADD', KEYS[5], at, ARGV[4])
    if type(added) == 'table' then
      redis.call('DEL', KEYS[5]) -- no queue, so it has nothing
      redis.call('ZADD', KEYS[5], at, ARGV[4])
    end
    if parked then
      redis.pcall('ZREM', KEYS[6], ARGV[4])
    end
  end

  local message = ARGV[2] .. version .. ARGV[3]
  local added = redis.pcall('XADD', KEYS[4], 'MAXLEN', '~', 1024, version .. '-0', 'c', message)
  if type(added) == 'table' and added.err then
    redis.call('DEL', KEYS[4]) -- as change() has it
    redis.call('XADD', KEYS[4], version .. '-0', 'c', message)
  end
  redis.call('PUBLISH', ARGV[1], message)
  return {head, 1, due and 1 or 0, now, 0}
end

local timely = now >= tonumber(ARGV[10]) and now <= tonumber(ARGV[11])
local accepted = timely and (due or ARGV[5] == '1')
if accepted then
  local head = redis.pcall('INCR', KEYS[1])
  if type(head) == 'number' and head > 1 and head < NEVER then
    return accept(head)
  end
end
