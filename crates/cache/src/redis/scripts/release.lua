-- Gives a thing back that was not done: KEYS[1] its key, ARGV[1] who had it.
local held = redis.call('HMGET', KEYS[1], 'holder', 'done')
if held[1] == ARGV[1] and not held[2] then
    redis.call('DEL', KEYS[1])
end
return 1
