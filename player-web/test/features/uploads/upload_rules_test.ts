// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
import { describe, expect, it } from 'vitest';
import {
  checkFile,
  checkHead,
  cutFilename,
  cutTitle,
  cutTyped,
  fingerprint,
  isWorthRetrying,
  problemOf,
  titleFromName,
} from '../../../src/features/uploads/upload_rules';

const file = (name: string, size = 10, type = '') => ({ name, size, type, lastModified: 5 });

describe('upload rules', () => {
  it('look at a file before a byte is sent', () => {
    expect(checkFile(file('bai.MKV'))).toBeNull();
    expect(checkFile(file('ghi am', 10, 'audio/x-m4a'))).toBeNull();
    expect(checkFile(file('bai.mp4', 0))).toBe('empty_file');
    expect(checkFile(file('ghi_chu.docx', 10, 'application/msword'))).toBe('not_media');
  });

  it('believe the first bytes of a file more than its name', () => {
    const bytes = (text: string): Uint8Array => Uint8Array.from([...text].map((letter) => letter.charCodeAt(0)));
    expect(checkHead(file('bai.mp4', 10, 'video/mp4'), bytes('.RMF\0\0\0\x12'))).toEqual({ kind: 'container', container: 'RealMedia' });
    expect(checkHead(file('ghi am', 10), bytes('caff\0\x01'))).toBeNull();
    expect(checkHead(file('ghi_chu.docx', 10), bytes('PK\x03\x04'))).toEqual({ kind: 'not_media', container: '' });
    expect(checkHead(file('bai.mp4', 10), bytes('?'))).toBeNull();
    expect(checkHead(file('bai.mp4', 0), bytes(''))).toEqual({ kind: 'empty_file', container: '' });
  });

  it('make a title of a file name', () => {
    expect(titleFromName('bai_1-Phan  so.MP4')).toBe('bai 1 Phan so');
    expect(titleFromName('Bài giảng.final.mp4')).toBe('Bài giảng.final');
    expect(titleFromName('Ba\u0300i.mp4')).toBe('Bài');
  });

  it('recognise the same file of the same person', () => {
    expect(fingerprint(file('a'), 'u1')).toBe(fingerprint(file('a'), 'u1'));
    expect(fingerprint(file('a'), 'u1')).not.toBe(fingerprint(file('a'), 'u2'));
    expect(fingerprint(file('a', 11), 'u1')).not.toBe(fingerprint(file('a'), 'u1'));
  });

  it('know which answers are worth another try', () => {
    expect([0, 408, 409, 423, 429, 500, 503].every(isWorthRetrying)).toBe(true);
    expect([400, 401, 403, 413, 415, 507].some(isWorthRetrying)).toBe(false);
  });

  it('know what a final answer means', () => {
    expect(problemOf(401, 'sign-in-required')).toBe('signed_out');
    expect(problemOf(403, 'forbidden')).toBe('forbidden');
    expect(problemOf(403, 'course-not-yours')).toBe('refused');
    expect(problemOf(413, 'too-large')).toBe('too_large');
    expect(problemOf(507, 'disk-full')).toBe('disk_full');
    expect(problemOf(400, 'title-empty')).toBe('refused');
  });

  it('tell a proxy that takes small bodies alone from a file that is too large', () => {
    expect(problemOf(413, '')).toBe('proxy_limit');
  });

  it('count a title in characters, not in bytes or UTF-16 units', () => {
    for (const letter of ['a', 'ế', 'e\u0302\u0301', '𝄞']) {
      const composed = letter.normalize('NFC');
      expect(cutTitle(letter.repeat(200))).toBe(composed.repeat(200));
      expect(cutTitle(letter.repeat(201))).toBe(composed.repeat(200));
      expect(cutTyped(letter.repeat(200))).toBe(letter.repeat(200));
      expect([...cutTyped(letter.repeat(201))].length).toBe(200);
    }
    expect(cutTitle('a\nb')).toBe('a b');
    expect(titleFromName(`${'ế'.repeat(241)}.mp4`)).toBe('ế'.repeat(200));
  });

  it('cut a file name to what a disk takes, and keep its ending', () => {
    expect(cutFilename('a\tb.mp4')).toBe('a b.mp4');
    const cut = cutFilename(`${'ế'.repeat(241)}.mp4`);
    expect(cut).toBe(`${'ế'.repeat(83)}.mp4`);
    expect(cutFilename('a'.repeat(300))).toBe('a'.repeat(255));
  });
});
