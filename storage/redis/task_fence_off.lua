-- SPDX-License-Identifier: GPL-3.0-or-later
-- Makes an issue of a task void (task_stream.h). A later issue is left alone: its worker does no harm.
-- KEYS  1 fence    ARGV  1 epoch, 2 TTL
-- Returns 1, or 0 for another issue. 0 is no issue's epoch.
local fence = redis.call('GET', KEYS[1])
if fence and fence ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], '0', 'EX', ARGV[2])
return 1
