-- Takes or renews a lease. KEYS: lease. ARGV: generation, job id, job name, life in ms.
-- Gives nothing if it is held now, else the owner and how long it still lives, in ms.
local owner = redis.call('GET', KEYS[1])
if owner then
  local generation, id = string.match(owner, '^(%-?%d+) (%S+) ')
  if id and id ~= ARGV[2] and not less(generation, ARGV[1]) then
    return {owner, tostring(redis.call('PTTL', KEYS[1]))}
  end
end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. ARGV[3], 'PX', ARGV[4])
return {}
