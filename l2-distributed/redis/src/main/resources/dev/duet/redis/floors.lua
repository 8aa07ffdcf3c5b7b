-- A partition's floors are a text: '<base> <run>', then ' <cache>=<floor>' for each cache that has one of its own. The base is
-- the floor under all caches, and the run that of the server on which the partition was started over last.

local NEVER = 9007199254740991

-- The version that a reply or a text says, or nil if it says none.
local function version_of(reply)
  local number = tonumber(reply)
  if number and number >= 1 and number < NEVER then
    return number
  end
end

-- The floor of a cache, as the floors' text has it: its own, which is above the base, or the base. Nil if it is lost.
local function floor_of(floors, cache)
  local base = version_of(string.match(floors or '', '^(%d+) '))
  local _, at = string.find(floors or '', ' ' .. cache .. '=', 1, true)
  if not base or not at then
    return base
  end
  return version_of(string.match(floors, '^%d+', at + 1))
end
