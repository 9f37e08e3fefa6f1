-- Puts a key's values in place of older ones.
-- KEYS: hash, fence. ARGV: generation, as_of, sequence, tombstone's life in ms, then field, value...
-- Gives 1: it stands there, 0: something newer does, -1: a newer generation writes here.
local fence = redis.call('GET', KEYS[2])
if fence and less(ARGV[1], fence) then
  return -1
end
local there = redis.call('HMGET', KEYS[1], '_gen', '_as_of', '_seq')
if there[1] then
  for i = 1, 3 do
    if there[i] ~= ARGV[i] then
      if less(ARGV[i], there[i] or '0') then
        return 0
      end
      break
    elseif i == 3 then
      return 1
    end
  end
end
local function drop_others(keep)
  local others = {}
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    if not keep[field] then
      others[#others + 1] = field
    end
  end
  for from = 1, #others, 1000 do
    redis.call('HDEL', KEYS[1], unpack(others, from, math.min(from + 999, #others)))
  end
end
local keep = {_gen = true, _as_of = true, _seq = true}
if #ARGV == 4 then
  -- Deleting first is allowed when memory is out, and so is then the rest of the script.
  drop_others(keep)
  redis.call('HSET', KEYS[1], '_gen', ARGV[1], '_as_of', ARGV[2], '_seq', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return 1
end
-- Writing first is what makes Redis refuse the whole script when memory is out.
local added = redis.call('HSET', KEYS[1], '_gen', ARGV[1], '_as_of', ARGV[2], '_seq', ARGV[3], unpack(ARGV, 5))
local fields = (#ARGV - 4) / 2
if redis.call('HLEN', KEYS[1]) > fields + 3 then
  for i = 5, #ARGV, 2 do
    keep[ARGV[i]] = true
  end
  drop_others(keep)
end
if there[1] and added == fields then
  redis.call('PERSIST', KEYS[1])
end
return 1
