// SPDX-License-Identifier: GPL-3.0-or-later
import { beforeEach, describe, expect, it } from 'vitest';
import { user } from '../../../src/app/session';
import { remember } from '../../../src/app/storage';
import type { Lecture } from '../../../src/app/types';
import { CoursePage } from '../../../src/features/catalogue/course_page';
import { HomePage } from '../../../src/features/catalogue/home_page';
import { lectureToResume, rememberGlimpse } from '../../../src/features/catalogue/seen_memory';
import { WaitingLecture } from '../../../src/features/lecture/waiting_lecture';
import { draw, fakeServer, lectureWith, settle } from '../../helpers';

const mai = { id: 'u1', login: 'mai', name: 'Mai', role: 'learner' as const };
const two = [lectureWith(), lectureWith({ id: 'l2', title: 'Bài hai' })];
const lists = (lectures: Lecture[]) => ({
  'GET /api/v1/lectures': { body: { lectures } },
  'GET /api/v1/courses': { body: { courses: [{ id: 'c1', title: 'Khoá một', n_lectures: 2, duration_s: 1200 }] } },
});

let nUsers = 0;

beforeEach(() => {
  user.value = { ...mai, id: `u${++nUsers}` }; /* what a phone remembers is kept per person */
});

describe('home page', () => {
  it('greets, and lists lectures and courses', async () => {
    fakeServer(lists(two));
    const root = draw(<HomePage />);
    await settle();
    expect(root.querySelector('h1')?.textContent).toBe('Chào Mai');
    expect(root.textContent).toContain('Bài hai');
    expect(root.textContent).toContain('2 bài · 20 phút');
  });

  it('offers to go on with the lecture watched last', async () => {
    rememberGlimpse('l1', { position_s: 60, coverage: 0.1, completed: false, at_ms: 1 });
    rememberGlimpse('l2', { position_s: 240, coverage: 0.4, completed: false, at_ms: 2 });
    fakeServer(lists(two));
    const root = draw(<HomePage />);
    await settle();
    const card = root.querySelector('.resume-card');
    expect(card?.textContent).toContain('Bài hai');
    expect(card?.textContent).toContain('còn 6 phút');
  });

  it('does not offer what is completed or cannot be played', () => {
    rememberGlimpse('l1', { position_s: 60, coverage: 0.95, completed: true, at_ms: 2 });
    rememberGlimpse('l2', { position_s: 60, coverage: 0.1, completed: false, at_ms: 1 });
    expect(lectureToResume([lectureWith(), lectureWith({ id: 'l2', playback: null })])).toBeNull();
  });

  it('finds where to go on after a change of phones', async () => {
    fakeServer({
      ...lists(two),
      'GET /api/v1/lectures/l2/progress': {
        body: { position_s: 300, watched_s: 300, duration_s: 600, coverage: 0.5, completed: false, watched: [[0, 300]] },
      },
    });
    const root = draw(<HomePage />);
    await settle();
    await settle();
    expect(root.querySelector('.resume-card')?.textContent).toContain('Bài hai');
  });

  it('shows the last visit without network, and says so', async () => {
    remember(`cache.${user.value?.id ?? ''}.lectures`, { lectures: two });
    fakeServer({});
    const root = draw(<HomePage />);
    await settle();
    expect(root.textContent).toContain('Bài hai');
    expect(root.textContent).toContain('bản đã lưu');
  });

  it('says what to do when there is nothing at all', async () => {
    fakeServer({});
    const root = draw(<HomePage />);
    await settle();
    expect(root.querySelector('[role=alert]')?.textContent).toContain('Thử lại');
  });

  it('shows an empty school kindly', async () => {
    fakeServer({ 'GET /api/v1/lectures': { body: { lectures: [] } }, 'GET /api/v1/courses': { body: { courses: [] } } });
    const root = draw(<HomePage />);
    await settle();
    expect(root.textContent).toContain('Chưa có bài giảng nào');
  });

  it('draws titles as text, whatever they contain', async () => {
    fakeServer(lists([lectureWith({ title: '<img src=x onerror=alert(1)>' })]));
    const root = draw(<HomePage />);
    await settle();
    expect(root.querySelector('img')).toBeNull();
    expect(root.textContent).toContain('<img src=x');
  });
});

describe('course page', () => {
  it('lists its lectures in order', async () => {
    fakeServer({ 'GET /api/v1/courses/c1': { body: { id: 'c1', title: 'Khoá một', lectures: two } } });
    const root = draw(<CoursePage id="c1" />);
    await settle();
    expect([...root.querySelectorAll('.card-title')].map((title) => title.textContent)).toEqual(['Bài một', 'Bài hai']);
  });

  it('asks a guest to sign in where the server wants that', async () => {
    user.value = null;
    fakeServer({ 'GET /api/v1/courses/c1': { status: 401, body: {} } });
    const root = draw(<CoursePage id="c1" />);
    await settle();
    expect(root.querySelector('form.login')).not.toBeNull();
  });
});

describe('a lecture that cannot be watched yet', () => {
  const job = { state: 'running', stage: 'chunk', speed: 2, error: null, warnings: [], waits_for: null } as const;
  const words = (changes: Partial<Lecture>): string =>
    draw(<WaitingLecture lecture={lectureWith({ playback: null, ...changes })} />).textContent ?? '';

  it('says where it stands', () => {
    expect(words({ state: 'queued' })).toContain('chờ tới lượt');
    expect(words({ state: 'failed' })).toContain('chưa xem được');
    expect(words({ state: 'uploading', upload: { offset: 1, length: 2 } })).toContain('đang tải bài lên');
    const moving = words({ state: 'processing', job: { ...job, warnings: [], progress: 0.4, eta_s: 95 } });
    expect(moving).toContain('40%');
    expect(moving).toContain('Còn khoảng 2 phút');
    expect(words({ state: 'processing', job: { ...job, warnings: [], progress: 0.01, eta_s: 95 } })).toContain('ước tính');
  });
});
