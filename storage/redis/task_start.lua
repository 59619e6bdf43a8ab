-- SPDX-License-Identifier: GPL-3.0-or-later
-- Takes an order off the stream for its worker and says so (task_stream.h). An entry that somebody
-- else has acknowledged meanwhile is not ours any more.
-- KEYS  1 tasks, 2 fence, 3 events    ARGV  1 entry id, 2 epoch, 3 cap, then the event
-- Returns 1, or 0 for an order that is void.
local mine = redis.call('XACK', KEYS[1], 'workers', ARGV[1])
redis.call('XDEL', KEYS[1], ARGV[1])
local fence = redis.call('GET', KEYS[2])
if mine == 0 or (fence and fence ~= ARGV[2]) then return 0 end
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[3], '*', unpack(ARGV, 4))
return 1
