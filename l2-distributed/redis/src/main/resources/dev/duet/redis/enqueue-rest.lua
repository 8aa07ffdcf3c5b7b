
if not accepted then
  return {current(), 0, 0, timely and 0 or now, timely and 0 or 1}
end
if (version_of(redis.pcall('GET', HEAD)) or 0) > 1 then
  redis.call('INCR', HEAD) -- it was refused, and is again
end
local head = restore(nil) + 1
redis.call('SET', HEAD, text(head))
return accept(head)
