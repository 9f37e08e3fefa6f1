-- Raises a fence. KEYS: fence. ARGV: generation. Gives the generation that stands now.
local there = redis.call('GET', KEYS[1])
if there and not less(there, ARGV[1]) then
  return there
end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
