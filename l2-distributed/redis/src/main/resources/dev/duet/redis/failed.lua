
-- ARGV: the key, the version, the attempts, the pause, the failure. Replies whether the write was still pending.
local now = clock()
local pending = pending_now()
if not pending or pending.value.version ~= tonumber(ARGV[2]) then
  return {0}
end
local pause = tonumber(ARGV[4])
pending.due, pending.pause, pending.attempts, pending.failure = after(now, pause), pause, tonumber(ARGV[3]), ARGV[5]
store_pending(ARGV[1], pending, now)
return {1}
