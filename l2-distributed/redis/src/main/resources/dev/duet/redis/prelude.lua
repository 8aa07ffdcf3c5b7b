
-- What operations share beside that: changes and records.

local LOG_SIZE = 1024
-- The token of nobody, who works on a value that is not to be loaded anew for now.
local PAUSE = '-'

local function after(now, life)
  life = tonumber(life)
  if life >= NEVER - now then
    return NEVER
  end
  return now + life
end

-- How far the clock may be set back without any effect.
local SLACK = 500000

-- A term: for how long something stands from now on. Its length is kept with its end, since the clock may be set back: what
-- would last for longer than its length has run out.
local function term(now, length)
  return {ends = after(now, length), length = tonumber(length)}
end

local function stands(of, now)
  return now < of.ends and (of.ends >= NEVER or of.ends - now <= of.length + SLACK)
end

local function term_text(of)
  return string.format('%.0f:%.0f', of.ends, of.length)
end

local function term_of(ends, length)
  return {ends = tonumber(ends), length = tonumber(length)}
end

-- Logs a change and broadcasts it. ARGV: the channel, the message up to the version, the message after it.
local function change(version)
  version = text(version)
  local message = ARGV[2] .. version .. ARGV[3]
  local id = version .. '-0'
  local added = redis.pcall('XADD', LOG, 'MAXLEN', '~', LOG_SIZE, id, 'c', message)
  if type(added) == 'table' and added.err then
    -- The log is of a time before the head went back, or is no log.
    redis.call('DEL', LOG)
    redis.call('XADD', LOG, id, 'c', message)
  end
  redis.call('PUBLISH', ARGV[1], message)
end

-- What lies under the record's key: its text, false if nothing does, or text that is no record if it is of another type.
local function fetch()
  local record = redis.pcall('GET', RECORD)
  if type(record) == 'table' then
    return ''
  end
  return record
end

-- Stores a record, which the server drops by itself once it counts for nothing.
local function store(record, ends)
  if ends < NEVER then
    redis.call('SET', RECORD, record, 'PXAT', text(math.ceil(ends / 1000)))
  else
    redis.call('SET', RECORD, record)
  end
end

-- A value is a table of what its line says, with the text that it is from and where its payload starts there.
local function new_value(version, now, life, retention, cost, payload)
  local ends = after(now, life)
  return {
    kind = 'V', version = version, written = now, ends = ends, retained = after(ends, retention), retry = 0,
    cost = cost, text = payload, start = 1,
  }
end

local function value_text(value)
  local payload, at = string.sub(value.text, value.start), value.refresher
  local refresher = at and at.token .. ':' .. text(at.head) .. ':' .. term_text(at.term) or '-'
  return string.format('V %.0f %.0f %.0f %.0f %.0f %s %s %d\n', value.version, value.written, value.ends, value.retained,
    value.retry, value.cost, refresher, #payload) .. payload
end

local function store_value(value)
  store(value_text(value), math.max(value.ends, value.retained, value.refresher and value.refresher.term.ends or 0))
end

-- A lease is a table of what its line says, with the stale value that it is to replace, if there is one.
local function store_lease(lease)
  local line = string.format('L %s %.0f %s %d\n', lease.token, lease.head, term_text(lease.term), lease.awaited and 1 or 0)
  local retained = lease.retained
  store(line .. (retained and value_text(retained) or ''), math.max(lease.term.ends, retained and retained.retained or 0))
end

-- The value whose text starts there and goes to the end, or nil if that is none or is damaged.
local function parse_value(record, from)
  local version, written, ends, retained, retry, cost, refresher, size, start =
    string.match(record, '^V (%d+) (%d+) (%d+) (%d+) (%d+) (%d+) ([^ \n]+) (%d+)\n()', from)
  if not version or #record ~= start - 1 + tonumber(size) then
    return nil
  end
  local value = {
    kind = 'V', version = tonumber(version), written = tonumber(written), ends = tonumber(ends),
    retained = tonumber(retained), retry = tonumber(retry), cost = cost, text = record, start = start,
  }
  if refresher ~= '-' then
    local token, head, ends, length = string.match(refresher, '^([%w_.-]+):(%d+):(%d+):(%d+)$')
    if not token then
      return nil
    end
    value.refresher = {token = token, head = tonumber(head), term = term_of(ends, length)}
  end
  return value
end

-- The lease, or nil if the record is none or is damaged.
local function parse_lease(record)
  local token, head, ends, length, awaited, start = string.match(record, '^L ([%w_.-]+) (%d+) (%d+):(%d+) ([01])\n()')
  if not token then
    return nil
  end
  local retained
  if start <= #record then
    retained = parse_value(record, start)
    if not retained then
      return nil
    end
  end
  return {
    kind = 'L', token = token, head = tonumber(head), term = term_of(ends, length), awaited = awaited == '1',
    retained = retained,
  }
end

-- Whether its times say anything: it was not written later than now, before the clock was set back. What has no end loses nothing
-- by that.
local function is_timely(value, now)
  return value.written <= now + SLACK or value.ends >= NEVER
end

local function is_fresh(value, now)
  return now < value.ends and is_timely(value, now)
end

local function is_served(value, now)
  return (now < value.ends or now < value.retry) and is_timely(value, now)
end

-- A value as it counts now, in its life or after it: itself, the lease that outlives its life, or nil.
local function value_at(value, now, floor)
  if value.version < floor then
    return nil
  end
  local at = value.refresher
  if at and not stands(at.term, now) then
    at = nil
  end
  if is_served(value, now) then
    value.refresher = at
    return value
  end
  value.refresher = nil
  local retained = is_timely(value, now) and now < value.retained and value or nil
  if at and at.token ~= PAUSE then
    return {kind = 'L', token = at.token, head = at.head, term = at.term, awaited = false, retained = retained}
  end
  return retained
end

-- A lease as it counts now: itself, or the stale value beside it, or nil.
local function lease_at(lease, now, floor)
  local under = lease.retained and value_at(lease.retained, now, floor)
  if not stands(lease.term, now) or lease.head < floor then
    return under
  end
  lease.retained = under and under.kind == 'V' and under or nil
  return lease
end

-- The value or the lease that counts now, or nil.
local function loaded_at(record, now, floor)
  local value = parse_value(record, 1)
  if value then
    return value_at(value, now, floor)
  end
  local lease = parse_lease(record)
  return lease and lease_at(lease, now, floor)
end

-- Whether the loader with this token is at work on a live record: on a lease, or anew on a value.
local function works(token, live)
  if not live then
    return false
  end
  local at = live.kind == 'L' and live or live.refresher
  return at and at.token == token and at
end

-- A pending write is a table of what its lines say, with its value; why it failed is nil if it did not. Nil if the record is
-- none or is damaged: then a claim takes it out of the queue, so what the node could not read must not pass.
local function parse_pending(record)
  local due, pause, attempts, size, start = string.match(record, '^P (%d+) (%d+) (%d+) ([^ \n]+)\n()')
  if not due then
    return nil
  end
  local length = size == '-' and 0 or tonumber(string.match(size, '^%d+$'))
  if not length or length > #record then
    return nil
  end
  local value = parse_value(record, start + length)
  due, pause, attempts = tonumber(due), tonumber(pause), tonumber(attempts)
  if not value or due > NEVER or pause > NEVER or attempts > 2147483647 or value.version > NEVER or value.written > NEVER
    or value.ends > NEVER or value.retained > NEVER or value.retry > NEVER or tonumber(value.cost) > NEVER then
    return nil
  end
  local failure
  if size ~= '-' then
    failure = string.sub(record, start, start + length - 1)
  end
  return {kind = 'P', due = due, pause = pause, attempts = attempts, failure = failure, value = value}
end

-- An intent is a table of what its line says, with the writers that still stand and the text of its old value; or nil if the
-- record is none or is damaged. The old value is left as it is: whoever reads it checks it. It goes with the first writer
-- that ran out, who may have committed and died.
local function parse_intent(record, now)
  local contended, head, list, start = string.match(record, '^I ([01]) (%d+) ([^ \n]+)\n()')
  if not contended then
    return nil
  end
  local writers = {}
  for item in string.gmatch(list, '[^,]+') do
    local token, ends, length = string.match(item, '^([%w_.-]+):(%d+):(%d+)$')
    if not token then
      return nil
    end
    local writer = {token = token, term = term_of(ends, length)}
    if stands(writer.term, now) then
      writers[#writers + 1] = writer
    else
      start = #record + 1
    end
  end
  return {
    kind = 'I', contended = contended == '1', head = tonumber(head), writers = writers, old = string.sub(record, start),
  }
end

-- What no put and no invalidation takes away: an intent of which a writer stands, or a pending write; or nil. Does not copy
-- a value to find that out.
local function unyielding(now)
  local kind = redis.pcall('GETRANGE', RECORD, 0, 0)
  if kind == 'I' then
    local intent = parse_intent(redis.call('GET', RECORD), now)
    return intent and #intent.writers > 0 and intent
  end
  return kind == 'P' and parse_pending(redis.call('GET', RECORD))
end

local function store_intent(intent)
  local items, ends = {}, 0
  for i, writer in ipairs(intent.writers) do
    items[i] = writer.token .. ':' .. term_text(writer.term)
    ends = math.max(ends, writer.term.ends)
  end
  local line = string.format('I %d %.0f ', intent.contended and 1 or 0, intent.head)
  store(line .. table.concat(items, ',') .. '\n' .. intent.old, ends)
end

-- None of the writers may leave a value, and the old one has become doubtful.
local function contend(intent)
  intent.contended, intent.old = true, ''
  store_intent(intent)
end

-- The place of a writer among writers, or nil.
local function place_of(token, writers)
  for i, writer in ipairs(writers) do
    if writer.token == token then
      return i
    end
  end
end
