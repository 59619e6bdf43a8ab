// SPDX-License-Identifier: GPL-3.0-or-later
// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { checkFile, fingerprint, isWorthRetrying, problemOf, titleFromName } from '../../src/studio/upload_rules';

const file = (name: string, size = 10, type = '') => ({ name, size, type, lastModified: 5 });

describe('upload rules', () => {
  it('look at a file before a byte is sent', () => {
    expect(checkFile(file('bai.MKV'))).toBeNull();
    expect(checkFile(file('ghi am', 10, 'audio/x-m4a'))).toBeNull();
    expect(checkFile(file('bai.mp4', 0))).toBe('empty_file');
    expect(checkFile(file('ghi_chu.docx', 10, 'application/msword'))).toBe('not_media');
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
    expect([401, 403, 413, 507, 400].map(problemOf)).toEqual([
      'signed_out',
      'forbidden',
      'too_large',
      'disk_full',
      'refused',
    ]);
  });
});
