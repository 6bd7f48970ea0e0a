-- Forgets the failures of KEYS[1], and gives KEYS[2] one attempt back.
redis.call('DEL', KEYS[1])
local count = redis.pcall('HGET', KEYS[2], 'count')
if type(count) == 'string' and (tonumber(count) or 0) > 0 then
    redis.call('HINCRBYFLOAT', KEYS[2], 'count', -1)
end
return 1
