// SPDX-License-Identifier: GPL-3.0-or-later
/* What the test double knows at its start: accounts, a lecture in each state, load figures. */
import { DURATION_S } from './media.mjs';

export const ACCOUNTS = ['learner', 'instructor', 'admin'].map((role, i) => ({
  id: `u${i}`,
  login: role,
  name: { learner: 'Mai', instructor: 'Thầy Páo', admin: 'Quản trị' }[role],
  role,
  password: `${role}-pass`,
}));

const hours = (n) => new Date(Date.now() - n * 3600_000).toISOString();
export const ready = (id, title, course) => ({
  id,
  title,
  course,
  state: 'ready',
  duration_s: DURATION_S,
  created_at: hours(3),
  playback: {
    hls: '/v/t/multivariant.m3u8',
    audio: '/v/t/audio.m3u8',
    poster: '/v/t/poster.jpg',
    storyboard: '/v/t/storyboard.vtt',
    slides: '/v/t/slides.json',
  },
  job: { state: 'done', stage: null, progress: 1, speed: null, eta_s: null, error: null, warnings: [] },
});

export function lectures() {
  const course = { id: 'c1', title: 'Kỹ năng số cho mọi nhà' };
  const job = { state: 'running', stage: 'chunk', progress: 0.42, speed: 3.4, eta_s: 95, error: null, warnings: [] };
  return [
    ready('l1', 'Dùng điện thoại an toàn: mật khẩu và tin nhắn lạ', course),
    ready('l2', 'Gửi ảnh và giấy tờ qua mạng', course),
    {
      ...ready('growing', 'Phòng bệnh cho trâu bò mùa rét', course),
      state: 'processing',
      playback: { hls: '/v/growing/multivariant.m3u8', audio: '/v/growing/audio.m3u8', poster: null },
      job,
    },
    { ...ready('working', 'Trồng ngô trên đất dốc', null), state: 'processing', playback: null, job },
    { ...ready('queued', 'Làm báo giá bán hàng', null), state: 'queued', playback: null, duration_s: null, job: null },
    {
      ...ready('failed', 'Buổi họp bản tháng chín', null),
      state: 'failed',
      duration_s: null,
      playback: null,
      job: {
        ...job,
        state: 'failed',
        error: {
          code: 'E_TRUNCATED',
          message: 'Tệp bị cắt ngang lúc chép nên không đọc được. Hãy chép lại từ máy quay rồi tải lên lần nữa.',
          message_en: 'The file was cut off while it was copied. Copy it again from the camera, then upload it again.',
        },
      },
    },
  ];
}

export function load() {
  const wave = Math.sin(Date.now() / 7000);
  return {
    at: new Date().toISOString(),
    uptime_s: 93_000,
    viewers: Math.round(120 + 40 * wave),
    connections: 310,
    requests: 1_204_331,
    requests_per_s: 84 + 20 * wave,
    egress_bps: 18.4e6 + 6e6 * wave,
    ingress_bps: 1.1e6,
    responses: { '2xx': 1_190_220, '3xx': 12_010, '4xx': 2_101, '5xx': 0 },
    jobs: { queued: 3, running: 2, failed: 1 },
    jobs_wait_for_disk: false,
    disk_free_bytes: 412e9,
    redis: true,
    worker: true,
    loops: [
      { index: 0, connections: 158, egress_bps: 9.2e6 },
      { index: 1, connections: 152, egress_bps: 9.1e6 },
    ],
  };
}
