// SPDX-License-Identifier: GPL-3.0-or-later
/* The files chosen on this page: one at a time, for a weak uplink shared by two is used by none. */
import { signal } from '@preact/signals';
import { UploadTask, type UploadTaskOptions } from './upload_task';

export class UploadQueue {
  readonly tasks = signal<readonly UploadTask[]>([]);

  add(options: Omit<UploadTaskOptions, 'onEnded'>): UploadTask {
    const task = new UploadTask({ ...options, onEnded: this.startNext });
    this.tasks.value = [...this.tasks.peek(), task];
    return task;
  }

  remove(task: UploadTask): void {
    task.destroy();
    this.tasks.value = this.tasks.peek().filter((other) => other !== task);
    this.startNext();
  }

  /** Queues the task and starts it when no other runs. */
  run(task: UploadTask): void {
    task.queue();
    this.startNext();
  }

  pause(task: UploadTask): void {
    task.pause();
    this.startNext();
  }

  /** True while closing the page would interrupt something. */
  isBusy(): boolean {
    return this.tasks.peek().some((task) => ['waiting', 'uploading', 'retrying'].includes(task.state.peek()));
  }

  destroy(): void {
    for (const task of this.tasks.peek()) task.destroy();
    this.tasks.value = [];
  }

  private readonly startNext = (): void => {
    const tasks = this.tasks.peek();
    const runs = tasks.some((task) => ['uploading', 'retrying'].includes(task.state.peek()));
    if (!runs) tasks.find((task) => task.state.peek() === 'waiting')?.start();
  };
}
