-- Takes a token of a bucket: KEYS[1] the bucket, ARGV[1] tokens that it holds and gets in a minute.
-- Answers whether one was taken, and how many are left.
local most = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.pcall('HMGET', KEYS[1], 'tokens', 'at')
if held.err then
    redis.call('DEL', KEYS[1])
    held = {}
end
local tokens = tonumber(held[1] or '')
local at = tonumber(held[2] or '')
-- What cannot be is a full bucket, NaN too.
if not (tokens and at and tokens >= 0 and at <= now) then
    tokens, at = most, now
end
tokens = math.min(most, tokens + (now - at) / 60000 * most)
local taken = 0
if tokens >= 1 then
    tokens = tokens - 1
    taken = 1
end
local left = string.format('%.6f', tokens)
redis.call('HSET', KEYS[1], 'tokens', left, 'at', now)
-- A bucket that is full again is as good as none.
redis.call('PEXPIRE', KEYS[1], math.ceil((most - tokens) / most * 60000) + 1000)
return {taken, left}
