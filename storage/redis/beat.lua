-- SPDX-License-Identifier: GPL-3.0-or-later
-- Counts a heartbeat (hot_progress.h).
--
-- KEYS  1 seconds, 2 position and bucket, 3 purse, 4 the learner's lectures, 5 dirty, 6 draining
-- ARGV  1 credit_ms, 2 extra_credit_ms, 3 the bucket's cap in ms, 4 position_ms, 5 seq, 6 session,
--       7 "USER:LECTURE", 8 to 10 order, seq and sessions that SQLite has, then from_s and to_s of
--       each range
--
-- Returns the new seconds, -1 for a beat that has to wait for time to pass, -2 for one that has to
-- wait for the drain. The time is Redis': one clock, however many hosts write. BITFIELD sets up to
-- 64 bits at once: -1 as a signed number of n bits is n ones.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local user, lecture = string.match(ARGV[7], '^([^:]*):(.*)$')
local credit, cap = tonumber(ARGV[1]), tonumber(ARGV[3])
local function filled(b, r, rate, most)
  return math.min(most, b + math.floor(rate * math.max(0, now - r)))
end
local function has_room()
  if redis.call('ZCARD', KEYS[4]) < 64 then return true end
  for _, old in ipairs(redis.call('ZRANGE', KEYS[4], 0, 7)) do
    local pair = user .. ':' .. old
    if redis.call('SISMEMBER', KEYS[5], pair) == 0 and
       redis.call('SISMEMBER', KEYS[6], pair) == 0 then
      redis.call('DEL', 'wp:' .. pair, 'wq:' .. pair)
      redis.call('ZREM', KEYS[4], old)
      return true
    end
  end
  return false
end
local function starting_credit()
  local u = redis.call('HMGET', KEYS[3], 'b', 'r')
  local purse = u[1] and filled(u[1], u[2], 0.1, 4 * credit) or 4 * credit
  local given = math.min(credit, purse)
  redis.call('HSET', KEYS[3], 'b', purse - given, 'r', now)
  redis.call('EXPIRE', KEYS[3], 86400)
  return given
end
local h = redis.call('HMGET', KEYS[2], 'b', 'r', 'o', 'n', 's')
local bucket, is_new = nil, not h[2]
if is_new then
  if not redis.call('ZSCORE', KEYS[4], lecture) and not has_room() then return -2 end
  bucket = math.min(cap, starting_credit() + ARGV[2])
  redis.call('HSET', KEYS[2], 'b', bucket, 'r', now)
  redis.call('EXPIRE', KEYS[2], 2592000)
else
  bucket = filled(h[1], h[2], 2.2, cap)
  if now < tonumber(h[2]) then redis.call('HSET', KEYS[2], 'r', now) end
end
redis.call('ZADD', KEYS[4], now, lecture)
redis.call('EXPIRE', KEYS[4], 2592000)
local fresh = 0
for i = 11, #ARGV, 2 do
  local from, to = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  fresh = fresh + to - from - redis.call('BITCOUNT', KEYS[1], from, to - 1, 'BIT')
  if fresh * 1000 > bucket then return -1 end
end
local order, seq, sessions = tonumber(h[3] or 0), tonumber(h[4] or -1), h[5] or ''
if tonumber(ARGV[8]) > order then
  order, seq, sessions = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10]
end
local mine, list = ' ' .. ARGV[6] .. ' ', ' ' .. sessions .. ' '
local moved = true
if string.find(list, mine, 1, true) then
  moved = string.sub(list, -#mine) == mine and tonumber(ARGV[5]) > seq
else
  order, sessions = order + 1, sessions == '' and ARGV[6] or sessions .. mine:sub(1, -2)
  local _, spaces = string.gsub(sessions, ' ', '')
  if spaces > 7 then sessions = string.match(sessions, ' (.*)$') end
end
redis.call('HSET', KEYS[2], 'b', bucket - fresh * 1000, 'r', now)
if moved then
  redis.call('HSET', KEYS[2], 'p', ARGV[4], 'o', order, 'n', ARGV[5], 's', sessions)
end
local function set(from, to)
  if from < to then
    redis.call('BITFIELD', KEYS[1], 'SET', 'i' .. (to - from), from, -1)
  end
end
for i = 11, fresh > 0 and #ARGV or 0, 2 do
  local from, to = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local first, last = math.ceil(from / 8), math.floor(to / 8)
  if to - from <= 64 then
    set(from, to)
  else
    set(from, first * 8)
    redis.call('SETRANGE', KEYS[1], first, string.rep('\255', last - first))
    set(last * 8, to)
  end
end
if fresh > 0 or moved then
  redis.call('PERSIST', KEYS[1])
  redis.call('PERSIST', KEYS[2])
  redis.call('SADD', KEYS[5], ARGV[7])
end
return fresh
