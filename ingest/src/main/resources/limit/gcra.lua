-- Takes from several buckets at once, or from none. A bucket is the time, "seconds.nanoseconds", until which what was taken
-- fills its rate; where there is none, it is full. All arithmetic is on whole nanoseconds from now, less than 2^53, so that
-- it is exact in doubles; GcraScript holds the same in Java.
--
-- KEYS: the buckets.
-- ARGV: now, in seconds and nanoseconds, both empty for this server's own clock; then for each bucket what is taken and what
-- it holds, both in nanoseconds of its rate.
-- Returns the place of the bucket to be waited for longest and for how many nanoseconds; 0 and 0 when all of it is taken.
local SECOND = 1000000000
local DAY_AND_MORE = 172800 * SECOND
local seconds, nanos
if ARGV[1] == '' then
  local time = redis.call('TIME')
  seconds, nanos = tonumber(time[1]), tonumber(time[2]) * 1000
else
  seconds, nanos = tonumber(ARGV[1]), tonumber(ARGV[2])
end
local backlogs = {}
local reached, longest = 0, 0
for i = 1, #KEYS do
  local cost, tolerance = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
  local backlog = 0
  local taken_until = redis.call('GET', KEYS[i])
  if taken_until then
    local s, n = string.match(taken_until, '^(%d+)%.(%d+)$')
    backlog = (tonumber(s) - seconds) * SECOND + tonumber(n) - nanos
    backlog = math.min(math.max(backlog, 0), DAY_AND_MORE)
  end
  local wait = backlog + math.min(cost, tolerance) - tolerance
  if wait > longest then
    reached, longest = i, wait
  end
  backlogs[i] = backlog + cost
end
if reached == 0 then
  for i = 1, #KEYS do
    local from_now = nanos + backlogs[i]
    local value = string.format('%d.%d', seconds + math.floor(from_now / SECOND), from_now % SECOND)
    -- Longer than it says anything: to end a bucket late costs memory, to end it early would fill it.
    redis.call('SET', KEYS[i], value, 'PX', math.ceil(backlogs[i] / 1000000) + 60000)
  end
end
return {reached, longest}
