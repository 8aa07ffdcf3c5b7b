
if not accepted then
  return {current(), 0, 0, 0}
end
local head = restore(nil) + 1
redis.call('SET', HEAD, text(head))
return accept(head)
