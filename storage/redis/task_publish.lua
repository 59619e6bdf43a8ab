-- SPDX-License-Identifier: GPL-3.0-or-later
-- Tells an event of a task whose issue still counts (task_stream.h).
-- KEYS  1 fence, 2 events    ARGV  1 epoch, 2 cap, 3 TTL, then the event
-- Returns 1, or 0 for an issue that is void.
local fence = redis.call('GET', KEYS[1])
if fence and fence ~= ARGV[1] then return 0 end
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', unpack(ARGV, 4))
return 1
