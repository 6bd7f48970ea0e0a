-- Counts an attempt of two suspects, KEYS, unless one has to wait. ARGV: failures of each that cost nothing, the first wait
-- and the longest, seconds. Answers the seconds to wait, or -1.
local first, longest = tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local counts = {}
local wait = -1
for i = 1, 2 do
    local held = redis.pcall('HMGET', KEYS[i], 'count', 'last')
    if held.err then
        redis.call('DEL', KEYS[i])
        held = {}
    end
    local count = tonumber(held[1] or '')
    local last = tonumber(held[2] or '')
    if not (count and last and count >= 0 and last <= now and now - last <= longest * 1000) then
        count, last = 0, now
    end
    counts[i] = count
    local doublings = count - tonumber(ARGV[i])
    if doublings > 0 then
        local seconds = math.min(first * 2 ^ math.min(doublings - 1, 20), longest)
        local left = last + seconds * 1000 - now
        if left > 0 then
            wait = math.max(wait, math.max(1, math.floor(left / 1000)))
        end
    end
end
if wait >= 0 then
    return wait
end
for i = 1, 2 do
    redis.call('HSET', KEYS[i], 'count', counts[i] + 1, 'last', now)
    redis.call('PEXPIRE', KEYS[i], longest * 1000)
end
return -1
