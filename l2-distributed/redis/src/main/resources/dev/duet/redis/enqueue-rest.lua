
if not accepted then
  return {current(), 0, 0, timely and 0 or now, timely and 0 or 1}
end
need_memory()
local head = restore(nil) + 1
redis.call('SET', HEAD, text(head))
return accept(head)
