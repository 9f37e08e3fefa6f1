-- Says how far an entity is written. KEYS: progress, fence.
-- ARGV: generation, entity, knowledge time, who says so. Within a generation it never goes back.
-- Gives 1: it stands there, 0: something later does, or the server may not hold all that was
-- written, -1: a newer generation writes here.
local fence = redis.call('GET', KEYS[2])
if fence and less(ARGV[1], fence) then
  return -1
end
local server = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local open = redis.call('HGET', KEYS[1], '_open:' .. ARGV[2])
if not open or string.match(open, '^%S+') ~= ARGV[1] or not string.find(open, server, 1, true) then
  return 0
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
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3], '_gen:' .. ARGV[2], ARGV[1],
  '_reached:' .. ARGV[2], ARGV[4] .. ' ' .. ARGV[3])
return 1
