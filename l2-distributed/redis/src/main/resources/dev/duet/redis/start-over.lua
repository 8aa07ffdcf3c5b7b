
-- ARGV: the head by which it was found out that changes are lost, the highest version known to have been given out.
-- Replies the head.
local head = version_of(redis.pcall('GET', HEAD))
local base = base_and_highest()
local above = tonumber(ARGV[2])
if head and base and base > tonumber(ARGV[1]) and head > above then
  return {head}
end
return {start_over(above)}
