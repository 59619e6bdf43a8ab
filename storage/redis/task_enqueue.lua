-- SPDX-License-Identifier: GPL-3.0-or-later
-- Puts an order on the stream (task_stream.h), unless as many as the cap are there.
-- KEYS  1 tasks, 2 fence    ARGV  1 cap, 2 TTL, 3 epoch, then fields and values of the entry
-- Returns 1, or 0 when the stream is full.
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[2])
redis.call('XADD', KEYS[1], '*', unpack(ARGV, 4))
return 1
