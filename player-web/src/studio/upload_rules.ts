// SPDX-License-Identifier: GPL-3.0-or-later
/* What may be uploaded, how it is recognised again, and what an answer means for it. Pure. */

export type UploadProblem =
  | 'empty_file'
  | 'not_media'
  | 'other_file'
  | 'too_large'
  | 'disk_full'
  | 'signed_out'
  | 'forbidden'
  | 'refused';

export interface FileFacts {
  name: string;
  size: number;
  type: string;
  lastModified: number;
}

const MEDIA_NAME =
  /\.(3gp|3g2|aac|avi|flac|flv|m2ts|m4a|m4v|mka|mkv|mov|mp3|mp4|mpe?g|mts|mxf|oga|ogg|ogv|opus|ts|wav|weba|webm|wma|wmv)$/i;

/** A quick look before any byte is sent; the server looks properly. */
export function checkFile({ name, size, type }: FileFacts): UploadProblem | null {
  if (size === 0) return 'empty_file';
  const isMedia = /^(video|audio)\//.test(type) || MEDIA_NAME.test(name);
  return isMedia ? null : 'not_media';
}

/** "bai_1-Phan so.MP4" → "bai 1 Phan so" */
export function titleFromName(name: string): string {
  return name
    .normalize('NFC')
    .replace(/\.[^.]{1,5}$/, '')
    .replace(/[_\s-]+/g, ' ')
    .trim();
}

/** Under this name the browser remembers where an upload stands. One computer may serve several
 * teachers, so it holds the person too. */
export function fingerprint(file: FileFacts, userId: string): string {
  return ['banmai', userId, file.name, file.size, file.lastModified].join('|');
}

/** True when the same request may succeed later: no answer, busy, a conflict with ourselves. */
export function isWorthRetrying(status: number): boolean {
  if (status === 507) return false;
  return status === 0 || status >= 500 || [408, 409, 423, 425, 429].includes(status);
}

export function problemOf(status: number): UploadProblem {
  if (status === 401) return 'signed_out';
  if (status === 403) return 'forbidden';
  if (status === 413) return 'too_large';
  if (status === 507) return 'disk_full';
  return 'refused';
}
