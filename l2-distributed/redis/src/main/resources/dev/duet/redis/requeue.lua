
-- ARGV: the key. Replies whether a write was parked.
local now = clock()
local pending = pending_now()
if not pending or pending.due < NEVER then
  return {0}
end
pending.due, pending.pause, pending.attempts = now, 0, 0
store_pending(ARGV[1], pending, now)
return {1}
