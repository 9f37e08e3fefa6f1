-- Says how far an entity is written. KEYS: progress, fence.
-- ARGV: generation, entity, knowledge time. Within a generation it never goes back.
-- Gives 1: it stands there, 0: something later does, -1: a newer generation writes here.
local fence = redis.call('GET', KEYS[2])
if fence and less(ARGV[1], fence) then
  return -1
end
local generation = redis.call('HGET', KEYS[1], '_gen:' .. ARGV[2])
if generation then
  if less(ARGV[1], generation) then
    return -1
  end
  local time = redis.call('HGET', KEYS[1], ARGV[2])
  if generation == ARGV[1] and time and less(ARGV[3], time) then
    return 0
  end
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3], '_gen:' .. ARGV[2], ARGV[1])
return 1
