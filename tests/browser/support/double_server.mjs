// SPDX-License-Identifier: GPL-3.0-or-later
/* A test double of the server's interface, for developing the pages without one. It keeps
 * everything in memory, checks nothing but what the pages rely on, and is never part of the product. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ACCOUNTS, idOf, lectures, load, ready } from './double_data.mjs';
import { DURATION_S, growingPlaylist, makeLecture } from './media.mjs';

const PAGES = resolve(fileURLToPath(import.meta.url), '../../../../player-web/dist');
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "media-src 'self' blob:; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.m4s': 'video/mp4',
  '.mp4': 'video/mp4',
  '.svg': 'image/svg+xml',
  '.vtt': 'text/vtt',
};

class Double {
  constructor(media) {
    this.media = media;
    this.sessions = new Map();
    this.lectures = new Map(lectures().map((lecture) => [lecture.id, lecture]));
    this.progress = new Map();
    this.uploads = new Map();
    this.nGrown = 3;
  }

  user(request) {
    const id = /(?:^|; )session=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
    return this.sessions.get(id) ?? null;
  }

  progressOf(user, lecture) {
    const key = `${user.id}/${lecture}`;
    if (!this.progress.has(key)) this.progress.set(key, { seconds: new Set(), position_s: 0, seq: -1, sessions: [] });
    return this.progress.get(key);
  }

  beat(user, session, beat) {
    const known = this.progressOf(user, beat.lecture);
    for (const [from, to] of beat.watched) {
      for (let s = Math.floor(from + 0.5); s < Math.floor(to + 0.5); s++) known.seconds.add(s);
    }
    const isNew = !known.sessions.includes(session);
    if (isNew) known.sessions.push(session);
    const isLater = isNew || (known.sessions.at(-1) === session && beat.seq > known.seq);
    if (isLater) Object.assign(known, { position_s: beat.position_s, seq: beat.seq });
  }

  report(user, lecture) {
    const { seconds, position_s, seq, sessions } = this.progressOf(user, lecture);
    const coverage = seconds.size / DURATION_S;
    const watched = [...seconds].sort((a, b) => a - b).map((s) => [s, s + 1]);
    const place = { position_s, session: sessions.at(-1) ?? null, seq: sessions.length > 0 ? seq : null };
    const completed = coverage >= 0.9;
    return { ...place, watched_s: seconds.size, duration_s: DURATION_S, coverage, completed, watched };
  }
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

function send(response, status, value, headers = {}) {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers });
  response.end(value === undefined ? '' : JSON.stringify(value));
}

const NAMES = { 401: 'sign-in-required', 404: 'not-found', 409: 'wrong-offset' };
const problem = (response, status, title, { name = NAMES[status], ...headers } = {}) =>
  send(response, status, { type: `/problems/${name}`, title, status }, headers);

async function session(double, request, response) {
  if (request.method === 'DELETE') return send(response, 204, undefined, { 'Set-Cookie': 'session=; Max-Age=0; Path=/' });
  const { login, password } = JSON.parse(await body(request));
  const account = ACCOUNTS.find((one) => one.login === login && one.password === password);
  if (!account) return problem(response, 401, 'wrong login or password', { name: 'wrong-credentials' });
  const id = randomBytes(16).toString('hex');
  const { password: _, ...user } = account;
  double.sessions.set(id, user);
  return send(response, 200, { user }, { 'Set-Cookie': `session=${id}; HttpOnly; SameSite=Lax; Path=/` });
}

async function progress(double, request, response, user) {
  const { session, beats } = JSON.parse(await body(request));
  for (const beat of beats) double.beat(user, session, beat);
  return send(response, 204);
}

function metadata(header = '') {
  return Object.fromEntries(
    header.split(',').map((pair) => {
      const [key, value = ''] = pair.trim().split(' ');
      return [key, Buffer.from(value, 'base64').toString('utf8')];
    }),
  );
}

async function uploads(double, request, response, id) {
  const tus = { 'Tus-Resumable': '1.0.0', 'Upload-Expires': new Date(Date.now() + 86400_000).toUTCString() };
  if (request.method === 'POST') {
    const length = Number(request.headers['upload-length']);
    const facts = metadata(request.headers['upload-metadata']);
    const made = randomBytes(16).toString('hex');
    double.uploads.set(made, { length, offset: 0, facts });
    double.lectures.set(made, {
      ...ready(made, facts.title, facts.course ? { id: idOf('c1'), title: facts.course } : null),
      state: 'uploading',
      duration_s: null,
      playback: null,
      job: null,
      upload: { offset: 0, length },
    });
    return send(response, 201, undefined, { ...tus, Location: `/api/v1/uploads/${made}` });
  }
  const upload = double.uploads.get(id);
  if (!upload) return problem(response, 404, 'no such upload', tus);
  if (request.method === 'PATCH') {
    if (Number(request.headers['upload-offset']) !== upload.offset) return problem(response, 409, 'not the next byte', tus);
    upload.offset += (await body(request)).length;
    const lecture = double.lectures.get(id);
    lecture.upload.offset = upload.offset;
    if (upload.offset === upload.length) Object.assign(lecture, { state: 'queued', upload: undefined });
    return send(response, 204, undefined, { ...tus, 'Upload-Offset': upload.offset });
  }
  return send(response, 200, undefined, { ...tus, 'Upload-Offset': upload.offset, 'Upload-Length': upload.length });
}

function loadEvents(request, response) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  const timer = setInterval(() => response.write(`data: ${JSON.stringify(load())}\n\n`), 1000);
  request.on('close', () => clearInterval(timer));
}

function rename(lecture, text, response) {
  lecture.title = JSON.parse(text).title;
  return send(response, 204);
}

function lecture(double, request, response, id, action, user) {
  const found = double.lectures.get(id);
  if (!found) return problem(response, 404, 'no such lecture');
  if (action === 'progress') return user ? send(response, 200, double.report(user, id)) : problem(response, 401, 'sign in');
  if (action === 'retry') {
    Object.assign(found, { state: 'queued', job: null });
    return send(response, 202);
  }
  if (request.method === 'DELETE') {
    double.lectures.delete(id);
    return send(response, 204);
  }
  if (request.method === 'PATCH') return body(request).then((text) => rename(found, text, response));
  return send(response, 200, found);
}

/* A part of a list, as the server has it; its cursors are numbers here. */
function part(request, name, rows, more = {}) {
  const query = new URL(request.url, 'http://double').searchParams;
  const from = Number(query.get('after') ?? 0);
  const limit = Number(query.get('limit') ?? 50);
  const next = from + limit < rows.length ? String(from + limit) : null;
  return { ...more, [name]: rows.slice(from, from + limit), next };
}

/* What lists show of a lecture. */
const row = (lecture) => ({
  ...lecture,
  playback: lecture.playback && { poster: lecture.playback.poster },
  job: lecture.state === 'ready' ? null : lecture.job,
});

function api(double, request, response, parts) {
  const user = double.user(request);
  const [what, id, action] = parts;
  const all = [...double.lectures.values()];
  const inCourse = all.filter((one) => one.course?.id === idOf('c1'));
  const course = { id: idOf('c1'), title: 'Kỹ năng số cho mọi nhà', n_lectures: inCourse.length, duration_s: 5400 };
  if (what === 'session') return session(double, request, response);
  if (what === 'me') return user ? send(response, 200, user) : problem(response, 401, 'sign in');
  if (what === 'courses' && id) return send(response, 200, part(request, 'lectures', inCourse.map(row), course));
  if (what === 'courses') return send(response, 200, part(request, 'courses', [course]));
  if (what === 'announcements') return send(response, 200, part(request, 'announcements', []));
  if (what === 'lectures' && id) return lecture(double, request, response, id, action, user);
  if (what === 'lectures') {
    const isTeacher = user && user.role !== 'learner';
    const seen = isTeacher ? all.reverse() : all.filter((one) => one.playback);
    return send(response, 200, part(request, 'lectures', seen.map(row)));
  }
  if (!user) return problem(response, 401, 'sign in');
  if (what === 'progress') return progress(double, request, response, user);
  if (what === 'uploads') return uploads(double, request, response, id);
  if (what === 'admin' && action === 'events') return loadEvents(request, response);
  if (what === 'admin' && id === 'quarantine') return send(response, 200, part(request, 'quarantine', []));
  if (what === 'admin') return send(response, 200, load());
  return problem(response, 404, 'no such thing');
}

async function media(double, response, [, id, ...rest]) {
  const path = join(double.media, normalize(`/${rest.join('/')}`));
  const isGrowing = id === idOf('growing') && path.endsWith('media.m3u8');
  const content = isGrowing ? await growingPlaylist(path, double.nGrown) : await readFile(path);
  response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream' });
  response.end(content);
}

async function page(request, response, path) {
  const file = extname(path) ? normalize(path) : '/index.html';
  const headers = { 'Content-Type': TYPES[extname(file)] ?? 'text/plain', 'Content-Security-Policy': CSP };
  if (path.startsWith('/assets/')) headers['Cache-Control'] = 'public, max-age=31536000, immutable';
  const isBr = /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
  const compressed = isBr ? await readFile(join(PAGES, `${file}.br`)).catch(() => null) : null;
  if (compressed) headers['Content-Encoding'] = 'br';
  const content = compressed ?? (await readFile(join(PAGES, file)));
  response.writeHead(200, headers);
  response.end(content);
}

/** Starts the double on a free port of the loopback interface. */
export async function startDouble() {
  const folder = await mkdtemp(join(tmpdir(), 'banmai-double-'));
  await makeLecture(folder);
  const double = new Double(folder);
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://double').pathname);
    const parts = path.split('/').filter(Boolean);
    const answer = async () => {
      if (path.startsWith('/api/v1/')) return api(double, request, response, parts.slice(2));
      if (path.startsWith('/v/')) return media(double, response, parts.slice(1));
      return page(request, response, path);
    };
    answer().catch(() => problem(response, 404, 'not found'));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    double,
    accounts: Object.fromEntries(ACCOUNTS.map(({ role, login, password }) => [role, { login, password }])),
    lecture: idOf('l1'),
    async stop() {
      server.closeAllConnections?.();
      await new Promise((done) => server.close(done));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
