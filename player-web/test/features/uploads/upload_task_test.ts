// SPDX-License-Identifier: GPL-3.0-or-later
import { DetailedError, Upload } from 'tus-js-client';
import { describe, expect, it, vi } from 'vitest';
import { UploadTask } from '../../../src/features/uploads/upload_task';

const media = (name: string): File => new File(['x'], name, { type: 'video/mp4' });

/** What the server, or a proxy in front of it, answers to every request. */
function answers(status: number, body: string): { chunks: (number | undefined)[]; metadata: Record<string, string>[] } {
  const seen: ReturnType<typeof answers> = { chunks: [], metadata: [] };
  vi.spyOn(Upload.prototype, 'abort').mockResolvedValue(undefined);
  vi.spyOn(Upload.prototype, 'start').mockImplementation(function start(this: Upload) {
    seen.chunks.push(this.options.chunkSize);
    seen.metadata.push(this.options.metadata as Record<string, string>);
    const response = { getStatus: () => status, getBody: () => body, getHeader: () => undefined, getUnderlyingObject: () => null };
    const error = new (DetailedError as unknown as new () => DetailedError)();
    Object.assign(error, { originalResponse: response });
    Object.setPrototypeOf(error, DetailedError.prototype);
    this.options.onError?.(error);
  });
  return seen;
}

function begun(name = 'a.mp4'): UploadTask {
  const task = new UploadTask({ file: media(name), userId: 'u', onEnded: () => undefined });
  task.queue();
  task.start();
  return task;
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('upload task', () => {
  it('tries smaller parts when a proxy refuses large ones, then says that it is the proxy', async () => {
    const seen = answers(413, '<html><h1>413 Request Entity Too Large</h1></html>');
    const task = begun();
    await settled();
    expect(seen.chunks).toEqual([4 * 1024 * 1024, 512 * 1024]);
    expect(task.state.value).toBe('failed');
    expect(task.problem.value?.kind).toBe('proxy_limit');
  });

  it('takes a 413 of the server for what it is', async () => {
    const seen = answers(413, JSON.stringify({ type: '/problems/too-large', status: 413 }));
    const task = begun();
    await settled();
    expect(seen.chunks.length).toBe(1);
    expect(task.problem.value?.kind).toBe('too_large');
  });

  it('lets a title be written anew that the server refused', async () => {
    const seen = answers(400, JSON.stringify({ type: '/problems/title-too-long', status: 400 }));
    const task = begun(`${'ế'.repeat(241)}.mp4`);
    await settled();
    expect(task.state.value).toBe('editing');
    expect(task.problem.value?.code).toBe('title-too-long');
    expect(new TextEncoder().encode(seen.metadata[0]?.['filename']).length).toBeLessThanOrEqual(255);
    task.title.value = 'ngắn';
    task.queue();
    task.start();
    expect(seen.metadata[1]?.['title']).toBe('ngắn');
  });

  it('refuses a kind of recording by its name before a byte is sent', async () => {
    const start = vi.spyOn(Upload.prototype, 'start');
    const mxf = [0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0d, 0x01, 0x02, 0x01];
    const task = new UploadTask({ file: new File([new Uint8Array(mxf)], 'bai.mp4'), userId: 'u', onEnded: () => undefined });
    await task.look();
    expect(task.state.value).toBe('failed');
    expect(task.problem.value).toMatchObject({ kind: 'container', code: 'MXF' });
    expect(start).not.toHaveBeenCalled();
  });

  it('takes a recording whose name says nothing', async () => {
    const task = new UploadTask({ file: new File(['#!AMR\n...'], 'ghi'), userId: 'u', onEnded: () => undefined });
    await task.look();
    expect(task.state.value).toBe('editing');
  });

  it('leaves alone what is on its way already', async () => {
    const task = new UploadTask({ file: new File(['text'], 'a.txt'), userId: 'u', onEnded: () => undefined });
    task.queue();
    await task.look();
    expect(task.state.value).toBe('waiting');
  });
});
