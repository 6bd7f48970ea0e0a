-- Keeps what came of a thing: KEYS[1] its key; ARGV what was asked, who had it, what came of it, and milliseconds to keep it.
-- Where somebody else has it by now, his word counts.
local held = redis.call('HMGET', KEYS[1], 'asked', 'holder')
if held[1] and held[2] ~= ARGV[2] then
    return 0
end
redis.call('HSET', KEYS[1], 'asked', ARGV[1], 'holder', ARGV[2], 'done', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
