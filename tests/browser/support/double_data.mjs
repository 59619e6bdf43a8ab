// SPDX-License-Identifier: GPL-3.0-or-later
/* What the test double knows at its start: accounts, a lecture in each state, load figures. */
import { DURATION_S } from './media.mjs';

/** An id as the server makes them, of a name that can be read in a test. */
export const idOf = (name) => Buffer.from(name).toString('hex').padEnd(32, '0');

export const ACCOUNTS = ['learner', 'instructor', 'admin'].map((role, i) => ({
  id: idOf(`u${i}`),
  login: role,
  name: { learner: 'Mai', instructor: 'Thầy Páo', admin: 'Quản trị' }[role],
  role,
  password: `${role}-pass`,
}));

const MEDIA = `/v/t/${idOf('made')}`;
const GROWING = `/v/t/${idOf('growing')}`;
const JOB = { stage: null, speed: null, eta_s: null, error: null, warnings: [], waits_for: null };

const hours = (n) => new Date(Date.now() - n * 3600_000).toISOString();
export const ready = (id, title, course) => ({
  id,
  title,
  course,
  state: 'ready',
  duration_s: DURATION_S,
  created_at: hours(3),
  playback: {
    hls: `${MEDIA}/multivariant.m3u8`,
    audio: `${MEDIA}/audio.m3u8`,
    poster: `${MEDIA}/poster.jpg`,
    storyboard: `${MEDIA}/storyboard.vtt`,
    slides: `${MEDIA}/slides.json`,
  },
  job: { ...JOB, state: 'done', progress: 1 },
  progress: null,
});

export function lectures() {
  const course = { id: idOf('c1'), title: 'Kỹ năng số cho mọi nhà' };
  const job = { ...JOB, state: 'running', stage: 'chunk', progress: 0.42, speed: 3.4, eta_s: 95 };
  return [
    ready(idOf('l1'), 'Dùng điện thoại an toàn: mật khẩu và tin nhắn lạ', course),
    ready(idOf('l2'), 'Gửi ảnh và giấy tờ qua mạng', course),
    {
      ...ready(idOf('growing'), 'Phòng bệnh cho trâu bò mùa rét', course),
      state: 'processing',
      playback: { hls: `${GROWING}/multivariant.m3u8`, audio: `${GROWING}/audio.m3u8`, poster: null },
      job,
    },
    { ...ready(idOf('working'), 'Trồng ngô trên đất dốc', null), state: 'processing', playback: null, job },
    { ...ready(idOf('queued'), 'Làm báo giá bán hàng', null), state: 'queued', playback: null, duration_s: null, job: null },
    {
      ...ready(idOf('failed'), 'Buổi họp bản tháng chín', null),
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
          from_s: null,
          until_s: null,
          detail: null,
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
    unknown_media: Object.fromEntries(
      ['uploads', 'sources', 'jobs', 'packages'].flatMap((folder) => [
        [`unknown_${folder}_files`, 0],
        [`unknown_${folder}_bytes`, 0],
      ]),
    ),
    alarms: [],
  };
}
