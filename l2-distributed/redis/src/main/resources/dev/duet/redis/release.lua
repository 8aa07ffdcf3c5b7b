
-- ARGV: the cache, the channel, the hint to those who wait, the loader's token, the pause. Replies whether there was such a
-- lease.
local now = clock()
local head, floor = standing(ARGV[1])
local live = loaded_at(fetch() or '', now, floor)
local lease = works(ARGV[4], live)
if not lease then
  return {0}
end
local pause = tonumber(ARGV[5])
insist()
if live.kind == 'V' then
  live.refresher = pause > 0 and {token = PAUSE, head = head, term = term(now, pause)} or nil
  store_value(live)
  return {1}
end
local retained = live.retained
if retained then
  if pause > 0 then
    retained.retry = math.min(after(now, pause), retained.retained)
  end
  store_value(retained)
else
  redis.call('DEL', RECORD)
end
if live.awaited then
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return {1}
