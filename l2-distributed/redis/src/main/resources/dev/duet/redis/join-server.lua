
-- Starts the partition over unless that was done on this server, in this run of it. What was stored by another may be of
-- before changes that were lost: an older snapshot, or a replica that lagged behind. ARGV: the highest version known to
-- have been given out. Replies the id of the run, the server's major version, and its clock.
local run, version = run_id()
local _, _, on = base_and_highest()
if on ~= run then
  start_over(tonumber(ARGV[1]))
end
return {run, version, clock()}
