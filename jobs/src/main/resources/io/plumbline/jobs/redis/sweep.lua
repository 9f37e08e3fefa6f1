-- Removes a hash that no state knows. KEYS: hash, fence.
-- ARGV: generation, knowledge time, least generation that may stay.
-- Gives 1: it was older than one of the two and is gone, 0: it stays.
local fence = redis.call('GET', KEYS[2])
local there = redis.call('HMGET', KEYS[1], '_gen', '_as_of')
if not there[1] or not there[2] or fence and less(ARGV[1], fence) or less(ARGV[1], there[1]) then
  return 0
end
if less(there[2], ARGV[2]) or less(there[1], ARGV[3]) then
  return redis.call('DEL', KEYS[1])
end
return 0
