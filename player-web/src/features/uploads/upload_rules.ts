// SPDX-License-Identifier: GPL-3.0-or-later
/* What may be uploaded, how it is recognised again, and what an answer means for it. Pure. */

import { isAcceptedContainer, refusedContainer } from './container';

export type UploadProblem =
  | 'empty_file'
  | 'not_media'
  | 'container'
  | 'other_file'
  | 'too_large'
  | 'proxy_limit'
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
  /\.(3gp|3g2|aac|aif[cf]?|aiff|amr|asf|avi|awb|caf|flac|flv|m2ts|m4a|m4v|mka|mkv|mov|mp3|mp4|mpe?g|mts|oga|ogg|ogv|opus|ts|vob|w64|wav|weba|webm|wma|wmv)$/i;

/** A quick look before any byte is sent; the server looks properly. */
export function checkFile({ name, size, type }: FileFacts): UploadProblem | null {
  if (size === 0) return 'empty_file';
  const isMedia = /^(video|audio)\//.test(type) || MEDIA_NAME.test(name);
  return isMedia ? null : 'not_media';
}

/** The same with the file's first bytes: they say more than its name. `container` is the kind of recording that
 * is not accepted. */
export function checkHead(file: FileFacts, head: Uint8Array): { kind: UploadProblem; container: string } | null {
  const container = refusedContainer(head, file.name);
  if (file.size > 0 && container) return { kind: 'container', container };
  if (file.size > 0 && isAcceptedContainer(head)) return null;
  const kind = checkFile(file);
  return kind && { kind, container: '' };
}

/** The server keeps as many characters of a title, and bytes of a file's name. */
export const TITLE_MAX_CHARS = 200;
const FILENAME_MAX_BYTES = 255;

const CONTROLS = /[\u0000-\u001f\u007f-\u009f]+/g;

/** As the server takes a title: composed, on one line, and without more characters than it keeps.
 * maxlength counts UTF-16 units and would cut an emoji or a letter in two. */
export function cutTitle(text: string): string {
  const characters = [...text.normalize('NFC').replace(CONTROLS, ' ')];
  return characters.length > TITLE_MAX_CHARS ? characters.slice(0, TITLE_MAX_CHARS).join('') : characters.join('');
}

/** For a field while somebody types: text that fits stays as it is, or it would disturb a keyboard that
 * is still composing a letter. */
export function cutTyped(text: string): string {
  return [...text.normalize('NFC')].length > TITLE_MAX_CHARS ? cutTitle(text) : text;
}

/** A file's name for the server: cut before its ending when it is longer than a disk takes. */
export function cutFilename(name: string): string {
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  const clean = name.normalize('NFC').replace(CONTROLS, ' ').trim();
  if (bytes(clean) <= FILENAME_MAX_BYTES) return clean;
  const ending = /\.[^.]{1,15}$/.exec(clean)?.[0] ?? '';
  const stem = [...clean.slice(0, clean.length - ending.length)];
  while (bytes(stem.join('') + ending) > FILENAME_MAX_BYTES) stem.pop();
  return stem.join('') + ending;
}

/** "bai_1-Phan so.MP4" → "bai 1 Phan so" */
export function titleFromName(name: string): string {
  const title = name
    .normalize('NFC')
    .replace(/\.[^.]{1,5}$/, '')
    .replace(/[_\s-]+/g, ' ')
    .trim();
  return cutTitle(title).trim();
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

/** Whether the server refused a title, a course or a name, so that writing another helps. */
export function isAboutNames(name: string): boolean {
  return /^(title|course|filename|metadata)-/.test(name);
}

/** What a final answer means. One with a status of ours but without our problem document comes from a
 * proxy in between: nginx answers 413 to any body of more than 1 MB, unless told otherwise. */
export function problemOf(status: number, name: string): UploadProblem {
  if (status === 401) return 'signed_out';
  if (status === 403 && (name === 'forbidden' || name === '')) return 'forbidden';
  if (status === 413) return name === '' ? 'proxy_limit' : 'too_large';
  if (status === 507) return 'disk_full';
  return 'refused';
}
