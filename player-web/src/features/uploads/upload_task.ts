// SPDX-License-Identifier: GPL-3.0-or-later
/* One file on its way to the server, by tus 1.0.
 *
 *    editing ──queue()──▶ waiting ──start()──▶ uploading ──────────▶ done
 *                            ▲                  │  ▲   │
 *                    resume()│          pause() │  │   │ connection lost
 *                            │                  ▼  │   ▼
 *                            └─────────────── paused  retrying (goes on by itself)
 *
 * Any state may end in failed when the server refuses; queue() tries again from where it stopped. */
import { signal } from '@preact/signals';
import { DetailedError, Upload, type PreviousUpload } from 'tus-js-client';
import { at } from '../../app/api';
import { loadProblemWords, problemName } from '../../app/problem';
import { language } from '../../app/text';
import type { Problem } from '../../app/types';
import { HEAD_BYTES } from './container';
import { SpeedMeter } from './speed';
import {
  checkHead,
  cutFilename,
  cutTitle,
  fingerprint,
  isAboutNames,
  isWorthRetrying,
  problemOf,
  titleFromName,
  type UploadProblem,
} from './upload_rules';

export type UploadState = 'editing' | 'waiting' | 'uploading' | 'retrying' | 'paused' | 'done' | 'failed';

/* Small enough that a proxy which swallows whole requests loses little, large enough that the
 * pause between two of them (a round trip, 800 ms) does not matter. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/* Through a proxy that refuses those: half of what nginx lets through when nobody has told it more. */
const SMALL_CHUNK_BYTES = 512 * 1024;

/* tus-js-client starts over with these after each chunk that went through. */
const RETRY_DELAYS_MS = [0, 1_000, 3_000, 5_000, 10_000, 20_000, 30_000];

/* After them: for as long as the page is open. A connection may be away for hours. */
const RETRY_LATER_MS = 45_000;

export interface UploadTaskOptions {
  file: File;
  userId: string;
  /** Go on with this upload of the server's, found in the list of lectures. */
  known?: { id: string; length: number; title: string };
  onEnded: (task: UploadTask) => void;
}

function statusOf(error: Error): number {
  return error instanceof DetailedError ? (error.originalResponse?.getStatus() ?? 0) : 0;
}

/** The problem that the server told, or an empty one: a proxy's page is none. */
function problemIn(error: Error): Partial<Problem> {
  const body = error instanceof DetailedError ? error.originalResponse?.getBody() : undefined;
  try {
    const problem: unknown = JSON.parse(body ?? '');
    return typeof problem === 'object' && problem !== null ? (problem as Partial<Problem>) : {};
  } catch {
    return {};
  }
}

/* Blob.arrayBuffer() is younger than many phones. */
function headOf(file: File): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(new Uint8Array(reader.result as ArrayBuffer));
    reader.onerror = () => resolve(new Uint8Array());
    reader.readAsArrayBuffer(file.slice(0, HEAD_BYTES));
  });
}

export class UploadTask {
  readonly file: File;
  readonly title = signal('');
  readonly state = signal<UploadState>('editing');
  readonly problem = signal<{ kind: UploadProblem; problem: Partial<Problem>; code: string } | null>(null);
  readonly sent_bytes = signal(0);
  readonly bytesPerSecond = signal<number | null>(null);
  readonly secondsLeft = signal<number | null>(null);
  /** A part is on the server already, from an earlier visit. */
  readonly isContinued = signal(false);
  course: string | null = null;

  private readonly options: UploadTaskOptions;
  private readonly meter = new SpeedMeter();
  private upload: Upload | null = null;
  private previous: PreviousUpload | null = null;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: UploadTaskOptions) {
    const { file, known } = options;
    this.options = options;
    this.file = file;
    this.title.value = known?.title ?? titleFromName(file.name);
    this.isContinued.value = known !== undefined;
    if (known && known.length !== file.size) this.fail('other_file');
    else if (file.size === 0) this.fail('empty_file');
  }

  /** Looks at the file's first bytes: what the server would refuse is told before it is sent. Those of a file
   * that cannot be read say nothing; sending it fails by itself. */
  async look(): Promise<void> {
    const head = await headOf(this.file);
    if (this.state.peek() !== 'editing') return;
    const found = checkHead(this.file, head);
    if (found) this.fail(found.kind, {}, found.container);
  }

  /** Lets the task run when its turn comes. */
  queue(): void {
    this.problem.value = null;
    this.state.value = 'waiting';
  }

  /** Looks whether this browser has begun to upload the same file before. */
  async findPrevious(): Promise<void> {
    if (this.options.known || this.state.peek() === 'failed') return;
    const found = await this.make().findPreviousUploads();
    this.previous = found[0] ?? null;
    if (!this.previous) return;
    this.isContinued.value = true;
    this.title.value = this.previous.metadata['title'] ?? this.title.peek();
  }

  start(): void {
    this.state.value = 'uploading';
    this.meter.reset();
    this.upload ??= this.make();
    if (this.previous) this.upload.resumeFromPreviousUpload(this.previous);
    this.previous = null;
    this.upload.start();
    window.addEventListener('online', this.retryNow);
  }

  pause(): void {
    clearTimeout(this.retryTimer);
    void this.upload?.abort();
    this.state.value = 'paused';
  }

  destroy(): void {
    clearTimeout(this.retryTimer);
    window.removeEventListener('online', this.retryNow);
    void this.upload?.abort();
  }

  private make(): Upload {
    const { known, userId } = this.options;
    const metadata: Record<string, string> = {
      filename: cutFilename(this.file.name),
      title: cutTitle(this.title.peek()).trim(),
    };
    if (this.course) metadata['course'] = cutTitle(this.course).trim();
    return new Upload(this.file, {
      endpoint: at`/uploads`,
      uploadUrl: known ? at`/uploads/${known.id}` : null,
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      removeFingerprintOnSuccess: true,
      metadata,
      headers: { 'Accept-Language': language.peek() },
      fingerprint: () => Promise.resolve(fingerprint(this.file, userId)),
      onProgress: this.onProgress,
      onSuccess: this.onSuccess,
      onError: this.onError,
      onShouldRetry: (error) => {
        const isWorth = isWorthRetrying(statusOf(error));
        if (isWorth) this.state.value = 'retrying';
        return isWorth;
      },
    });
  }

  private readonly onProgress = (sent_bytes: number): void => {
    if (this.state.peek() === 'retrying') this.meter.reset();
    if (this.state.peek() !== 'paused') this.state.value = 'uploading';
    this.meter.add(sent_bytes, Date.now());
    this.sent_bytes.value = sent_bytes;
    this.bytesPerSecond.value = this.meter.bytesPerSecond();
    this.secondsLeft.value = this.meter.secondsLeft(this.file.size);
  };

  private readonly onSuccess = (): void => {
    window.removeEventListener('online', this.retryNow);
    this.state.value = 'done';
    this.options.onEnded(this);
  };

  private readonly onError = (error: Error): void => {
    const status = statusOf(error);
    if (isWorthRetrying(status)) {
      this.state.value = 'retrying';
      this.retryTimer = setTimeout(this.retryNow, RETRY_LATER_MS);
      return;
    }
    void loadProblemWords();
    const problem = problemIn(error);
    const kind = problemOf(status, problemName(problem));
    if (kind === 'proxy_limit' && this.sendSmaller()) return;
    const code = problemName(problem);
    this.fail(kind, problem, code || String(status));
    if (isAboutNames(code)) this.editAgain();
    this.options.onEnded(this);
  };

  /** Nothing was created: what was written is put right and sent anew. */
  private editAgain(): void {
    this.upload = null;
    this.state.value = 'editing';
  }

  /** Goes on in smaller parts; false when they are small already. */
  private sendSmaller(): boolean {
    if (!this.upload || this.upload.options.chunkSize === SMALL_CHUNK_BYTES) return false;
    this.upload.options.chunkSize = SMALL_CHUNK_BYTES;
    this.state.value = 'retrying';
    this.retryNow();
    return true;
  }

  private readonly retryNow = (): void => {
    if (this.state.peek() !== 'retrying') return;
    clearTimeout(this.retryTimer);
    void this.upload?.abort().then(() => this.upload?.start());
  };

  private fail(kind: UploadProblem, problem: Partial<Problem> = {}, code = ''): void {
    window.removeEventListener('online', this.retryNow);
    this.problem.value = { kind, problem, code };
    this.state.value = 'failed';
  }
}
