-- SPDX-License-Identifier: GPL-3.0-or-later
-- Pairs that SQLite has now leave what is drained (progress_drain.h). A pair that is dirty again has
-- seconds that SQLite lacks: it gets no expiry. The bucket in wq is kept for longer than the seconds:
-- somebody may come back after weeks without a network.
-- KEYS  1 what is drained, 2 the dirty set    ARGV  pairs
for _, pair in ipairs(ARGV) do
  redis.call('SREM', KEYS[1], pair)
  if redis.call('SISMEMBER', KEYS[2], pair) == 0 then
    redis.call('EXPIRE', 'wp:' .. pair, 86400)
    redis.call('EXPIRE', 'wq:' .. pair, 2592000)
  end
end
return #ARGV
