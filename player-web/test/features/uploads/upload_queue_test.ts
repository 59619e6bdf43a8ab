// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, it, vi } from 'vitest';
import { UploadQueue } from '../../../src/features/uploads/upload_queue';
import { UploadTask } from '../../../src/features/uploads/upload_task';

const media = (name: string): File => new File(['x'], name, { type: 'video/mp4' });

/** Starting goes no further than the state: no request is made. */
function quiet(): void {
  vi.spyOn(UploadTask.prototype, 'start').mockImplementation(function start(this: UploadTask) {
    this.state.value = 'uploading';
  });
}

describe('upload queue', () => {
  it('sends one file at a time', () => {
    quiet();
    const queue = new UploadQueue();
    const [first, second] = [media('a.mp4'), media('b.mp4')].map((file) => queue.add({ file, userId: 'u' }));
    if (!first || !second) throw new Error('no tasks');
    queue.run(first);
    queue.run(second);
    expect([first.state.value, second.state.value]).toEqual(['uploading', 'waiting']);
    expect(queue.isBusy()).toBe(true);
    queue.pause(first);
    expect([first.state.value, second.state.value]).toEqual(['paused', 'uploading']);
    queue.run(first);
    expect(first.state.value).toBe('waiting');
    queue.remove(second);
    expect(first.state.value).toBe('uploading');
  });

  it('refuses a file that cannot be a lecture, and is not held up by it', () => {
    quiet();
    const queue = new UploadQueue();
    const bad = queue.add({ file: new File([], 'trong.mp4'), userId: 'u' });
    const good = queue.add({ file: media('a.mp4'), userId: 'u' });
    expect(bad.problem.value?.kind).toBe('empty_file');
    queue.run(good);
    expect(good.state.value).toBe('uploading');
  });

  it('goes on with an interrupted upload only with a file of the same size', () => {
    const queue = new UploadQueue();
    const known = { id: 'l9', length: 1, title: 'Bài cũ' };
    expect(queue.add({ file: media('a.mp4'), userId: 'u', known }).title.value).toBe('Bài cũ');
    const other = queue.add({ file: media('a.mp4'), userId: 'u', known: { ...known, length: 2 } });
    expect(other.problem.value?.kind).toBe('other_file');
  });
});
