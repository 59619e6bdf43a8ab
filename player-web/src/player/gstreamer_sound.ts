// SPDX-License-Identifier: GPL-3.0-or-later
/* WebKitGTK 2.50, through GStreamer 1.22, never takes sound that is earlier than the first fragment
 * that its demuxer was given: who resumed at 100 s and goes back to 0 would hear nothing and see a
 * picture that waits. A demuxer that starts again, with an init section, takes it. (It is so with
 * everybody's packages.) */

/** WebKit on Linux: Safari's own has no GStreamer, and Chromium only calls itself so. */
export function isWebKitOnLinux(userAgent: string): boolean {
  return /Linux/.test(userAgent) && /AppleWebKit/.test(userAgent) && !/Chrom|Android/.test(userAgent);
}

const typeAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at + 4, at + 8));

/** The content of the first box at that path; null when it is not there. */
function find(bytes: Uint8Array, path: readonly string[]): DataView | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [type, ...inner] = path;
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at);
    if (size < 8) return null;
    if (typeAt(bytes, at) === type) {
      const content = bytes.subarray(at + 8, at + size);
      return inner.length > 0
        ? find(content, inner)
        : new DataView(content.buffer, content.byteOffset, content.byteLength);
    }
    at += size;
  }
  return null;
}

/** Ticks per second of an init section's track. */
export function timescaleOf(init: Uint8Array): number | null {
  const mdhd = find(init, ['moov', 'trak', 'mdia', 'mdhd']);
  if (!mdhd || mdhd.byteLength < 24) return null;
  return mdhd.getUint32(mdhd.getUint8(0) === 1 ? 20 : 12) || null;
}

/** Where a fragment starts, in ticks. */
export function startOf(fragment: Uint8Array): number | null {
  const tfdt = find(fragment, ['moof', 'traf', 'tfdt']);
  if (!tfdt || tfdt.byteLength < 8) return null;
  if (tfdt.getUint8(0) === 0) return tfdt.getUint32(4);
  return tfdt.byteLength < 12 ? null : Number(tfdt.getBigUint64(4));
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Makes a buffer of sound start its demuxer again where that is needed. */
export function letSoundGoBack(buffer: SourceBuffer): void {
  const append = buffer.appendBuffer.bind(buffer);
  let init: Uint8Array | null = null;
  let timescale: number | null = null;
  let earliest_s = Infinity;

  buffer.appendBuffer = (data: BufferSource): void => {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
    if (bytes.length >= 8 && typeAt(bytes, 0) === 'ftyp') {
      init = bytes.slice();
      timescale = timescaleOf(init);
      append(data);
      return;
    }
    const start = startOf(bytes);
    if (start === null || !timescale || !init) {
      append(data);
      return;
    }
    const start_s = start / timescale;
    const isEarlier = earliest_s !== Infinity && start_s < earliest_s;
    earliest_s = Math.min(earliest_s, start_s);
    if (!isEarlier) {
      append(data);
      return;
    }
    buffer.timestampOffset = buffer.timestampOffset; /* opens a source that had come to its end */
    buffer.abort();
    append(joined(init, bytes));
  };
}
