-- Begins an epoch of write sequences. KEYS: epoch. ARGV: the least that it may follow.
-- Gives its number, higher than any before.
local last = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1]))
local epoch = string.format('%.0f', last + 1)
redis.call('SET', KEYS[1], epoch)
return epoch
