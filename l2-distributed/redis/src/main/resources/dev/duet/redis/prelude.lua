
-- What operations share beside that: changes and records.

local LOG_SIZE = 1024

local function after(now, life)
  life = tonumber(life)
  if life >= NEVER - now then
    return NEVER
  end
  return now + life
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

local function store_value(version, now, life, cost, payload)
  local ends = after(now, life)
  store(string.format('V %.0f %.0f %.0f %s %d\n', version, now, ends, cost, #payload) .. payload, ends)
end

-- The version and the end of a value, or nil if the record is none or is damaged.
local function parse_value(record)
  local version, ends, size, start = string.match(record, '^V (%d+) %d+ (%d+) %d+ (%d+)\n()')
  if version and #record == start - 1 + tonumber(size) then
    return tonumber(version), tonumber(ends)
  end
end

-- The token, the head and the end of a lease, or nil if the record is none or is damaged.
local function parse_lease(record)
  local token, head, ends = string.match(record, '^L ([%w_.-]+) (%d+) (%d+)\n$')
  if token then
    return token, tonumber(head), tonumber(ends)
  end
end

-- The writers of an intent that still stand, whether they contend, and where its old value starts; or nil if the record
-- is no intent or is damaged. The old value is left as it is: whoever reads it checks it. It goes with the first writer
-- that ran out, who may have committed and died.
local function parse_intent(record, now)
  local contended, list, start = string.match(record, '^I ([01]) ([^ \n]+)\n()')
  if not contended then
    return nil
  end
  local writers = {}
  for item in string.gmatch(list, '[^,]+') do
    local token, ends = string.match(item, '^([%w_.-]+):(%d+)$')
    if not token then
      return nil
    end
    if now < tonumber(ends) then
      writers[#writers + 1] = {token = token, ends = tonumber(ends)}
    else
      start = #record + 1
    end
  end
  return writers, contended == '1', start
end

-- As parse_intent, of the record as it is stored; nil also if no writer stands. Does not copy a value to find that out.
local function writers_at(now)
  if redis.pcall('GETRANGE', RECORD, 0, 0) ~= 'I' then
    return nil
  end
  local record = redis.call('GET', RECORD)
  local writers, contended, start = parse_intent(record, now)
  if writers and #writers > 0 then
    return writers, contended, string.sub(record, start)
  end
end

local function store_intent(writers, contended, old)
  local items, ends = {}, 0
  for i, writer in ipairs(writers) do
    items[i] = writer.token .. ':' .. text(writer.ends)
    ends = math.max(ends, writer.ends)
  end
  store('I ' .. (contended and 1 or 0) .. ' ' .. table.concat(items, ',') .. '\n' .. old, ends)
end

-- The place of a writer among writers, or nil.
local function place_of(token, writers)
  for i, writer in ipairs(writers) do
    if writer.token == token then
      return i
    end
  end
end
