-- Gives a lease back. KEYS: lease. ARGV: job id.
local owner = redis.call('GET', KEYS[1])
if owner and string.match(owner, '^%-?%d+ (%S+) ') == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
