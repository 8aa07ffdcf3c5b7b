
-- ARGV: as change() has it, then the writer's token, the term. Replies the version, or the head if it had begun already.
local now = clock()
local writer = {token = ARGV[4], ends = after(now, ARGV[5])}
local record = fetch() or ''
local writers, contended, start = parse_intent(record, now)
local old = ''

if writers and #writers > 0 then
  old = string.sub(record, start)
  local place = place_of(writer.token, writers)
  if place then
    writers[place] = writer
    store_intent(writers, contended, old)
    return {current()}
  end
  contended = true
else
  writers, contended = {}, false
  if string.sub(record, 1, 2) == 'V ' then
    old = record
  end
end

writers[#writers + 1] = writer
local version = advance()
store_intent(writers, contended, old)
change(version)
return {version}
