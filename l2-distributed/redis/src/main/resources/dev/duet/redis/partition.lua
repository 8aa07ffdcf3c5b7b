-- A partition's head and floors, which all scripts on a partition share. Each runs as one text: this, then its own.
--
-- KEYS: the partition's head, its floors, a record, the partition's log.
-- Versions and times are whole numbers below 2^53, which a double holds exactly; text() writes them without loss.

local HEAD, FLOORS, RECORD, LOG = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
-- By how many versions a partition that is started over leaves behind what is known to have been given out.
local LEAP = 1048576

local function text(number)
  return string.format('%.0f', number)
end

-- The server's clock, in microseconds.
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- The id of the server's process, which no other has: it is another one after a restart, and on a replica. And the server's
-- major version.
local function run_id()
  local info = redis.call('INFO', 'server')
  return string.match(info, 'run_id:(%x+)') or '', string.match(info, 'redis_version:(%d+)') or ''
end

-- The base floor, which lies under the floors of all caches, or nil if it is lost or any floor is; the highest floor; and on
-- which run of a server the partition was started over last.
local function base_and_highest()
  local floors = redis.pcall('GET', FLOORS)
  local base, run, own = string.match(type(floors) == 'string' and floors or '', '^(%d+) (%S*)(.*)$')
  base = version_of(base)
  local highest = base or 0
  for each in string.gmatch(own or '', '=(%S*)') do
    local floor = version_of(each)
    if floor then
      highest = math.max(highest, floor)
    else
      base = nil
    end
  end
  return base, highest, run
end

-- Has the server take all that the script writes from here on. One that is out of memory refuses what may grow, but only until
-- the script has written something; and this, which changes nothing, it takes. For what may not be refused: a change, and
-- what lets one be told.
local function insist()
  redis.pcall('PERSIST', HEAD)
end

-- Starts the partition over: whatever is stored counts as absent from now on, as the head goes above every version that is
-- known to have been given out, and becomes the floor under all caches. One of which nothing is known starts from the clock.
-- Nothing is published: followers see a gap, and the log, which cannot close it, is dropped. Returns the head.
local function start_over(above)
  local _, highest = base_and_highest()
  local now, head = clock(), version_of(redis.pcall('GET', HEAD)) or 0
  local known = math.max(head, highest, above)
  -- By the clock, so that two that are started over from the same data do not number alike.
  head = known > 0 and math.max(known + LEAP + now % LEAP, now) or now
  insist()
  redis.call('SET', HEAD, text(head))
  redis.call('SET', FLOORS, text(head) .. ' ' .. run_id())
  redis.call('DEL', LOG)
  return head
end

-- Brings back a head or floors that the server lost, and returns the head.
--
-- A lost head starts from the clock, so above every head before it. Lost floors are not known any more, so everything
-- stored up to now may lie below one: the partition is started over.
local function restore(head)
  local base, highest = base_and_highest()
  if not base then
    return start_over(0)
  end
  if not head then
    head = math.max(clock(), highest + LEAP) -- a leap may have been ahead of the clock, and versions given out since
    insist()
    redis.call('SET', HEAD, text(head))
  end
  return head
end

-- The partition's head, for an operation that does not advance it.
local function current()
  return version_of(redis.pcall('GET', HEAD)) or restore(nil)
end

-- The partition's head, and the floor of a cache in it: its own, or the base that lies under all.
local function standing(cache)
  local found = redis.call('MGET', HEAD, FLOORS)
  local head, floor = version_of(found[1]), floor_of(found[2], cache)
  if head and floor then
    return head, floor
  end
  restore(head)
  return standing(cache)
end

-- Fails if the server is out of memory, and changes nothing.
local function need_memory()
  local refused = redis.pcall('SETRANGE', HEAD, 0, '')
  if type(refused) == 'table' and string.find(refused.err, 'OOM ', 1, true) then
    redis.call('SETRANGE', HEAD, 0, '')
  end
end

-- Advances the head, and returns it.
local function advance()
  local head = redis.pcall('INCR', HEAD)
  if type(head) == 'table' then
    insist()
    head = version_of(redis.pcall('GET', HEAD)) and redis.call('INCR', HEAD) -- a refusal is no lost head
  end
  if type(head) == 'number' and head > 1 and head < NEVER then
    return head
  end
  head = restore(nil) + 1
  redis.call('SET', HEAD, text(head))
  return head
end
