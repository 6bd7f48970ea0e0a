-- Asks for a thing that is done once: KEYS[1] its key; ARGV what was asked, who asks, and milliseconds that the first one has
-- it. Answers whose turn it is, and what came of it.
local held = redis.pcall('HMGET', KEYS[1], 'asked', 'done')
if held.err then
    redis.call('DEL', KEYS[1])
    held = {}
end
if not held[1] then
    redis.call('DEL', KEYS[1])
    redis.call('HSET', KEYS[1], 'asked', ARGV[1], 'holder', ARGV[2])
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
    return {'first', ''}
end
if held[1] ~= ARGV[1] then
    return {'other', ''}
end
if held[2] then
    -- What came of it is small; something larger is not of us, and opens as little as nothing does.
    return {'done', #held[2] <= 2097152 and held[2] or ''}
end
return {'under way', ''}
