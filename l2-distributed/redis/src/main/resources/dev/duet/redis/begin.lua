
-- ARGV: as change() has it, then the writer's token, the term, and 1 if its intent was lost. Replies the version, or the head
-- if it had begun already.
local now = clock()
local writer = {token = ARGV[4], term = term(now, ARGV[5])}
local record = fetch() or ''
local intent = parse_intent(record, now)

if intent and #intent.writers > 0 then
  local place = place_of(writer.token, intent.writers)
  if place then
    intent.writers[place] = writer
    insist()
    store_intent(intent)
    return {current()}
  end
  intent.contended = true
  intent.writers[#intent.writers + 1] = writer
elseif parse_pending(record) then
  intent = nil
else
  local old = string.sub(record, 1, 2) == 'V ' and record or ''
  intent = {contended = ARGV[6] == '1', writers = {writer}, old = old}
end

local version = advance()
if intent then
  intent.head = intent.head or version
  store_intent(intent)
end
change(version)
return {version}
