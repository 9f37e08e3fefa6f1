-- Sets fields beside progress to a value, or removes them where there is none. KEYS: progress,
-- fence. ARGV: generation, value or nothing, fields. Gives 1, or -1: a newer generation writes here.
local fence = redis.call('GET', KEYS[2])
if fence and less(ARGV[1], fence) then
  return -1
end
for i = 3, #ARGV do
  if ARGV[2] == '' then
    redis.call('HDEL', KEYS[1], ARGV[i])
  else
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[2])
  end
end
return 1
