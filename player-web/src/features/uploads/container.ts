// SPDX-License-Identifier: GPL-3.0-or-later
/* What kind of recording a file is by its first bytes, before a weak link carries gigabytes that the server
 * would refuse. Pure. The server knows the same kinds (transcoder/source/container_kind.h);
 * tests/vectors/containers.json holds both to them. */

/** That are enough to tell. */
export const HEAD_BYTES = 400;

type Mark = readonly [name: string, offset: number, bytes: string];

/* Bytes as hexadecimal digits after "0x", else as Latin letters. */
const REFUSED: readonly Mark[] = [
  ['MXF', 0, '0x060e2b34020501010d0102'],
  ['GXF', 0, '0x0000000001bc'],
  ['DV', 0, '0x1f0700'],
  ['Redcode', 4, 'RED1'],
  ['Redcode', 4, 'RED2'],
  ['WTV', 0, '0xb7d800203749da11a64e0007e95ead8d'],
  ['NuppelVideo', 0, 'NuppelVideo'],
  ['NuppelVideo', 0, 'MythTVVideo'],
  ['NSV', 0, 'NSVf'],
  ['NSV', 0, 'NSVs'],
  ['H.264', 0, '0x0000000109'],
  ['H.264', 0, '0x0000000167'],
  ['H.264', 0, '0x0000000127'],
  ['H.265', 0, '0x000000014001'],
  ['H.265', 0, '0x000000014601'],
  ['MPEG video', 0, '0x000001b3'],
  ['IVF', 0, 'DKIF'],
  ['YUV4MPEG', 0, 'YUV4MPEG2 '],
  ['DHAV', 0, 'DHAV'],
  ['Hikvision', 0, 'IMKH'],
  ['WebEx', 0, 'WOTF'],
  ['Flash (SWF)', 0, 'FWS'],
  ['Flash (SWF)', 0, 'CWS'],
  ['Flash (SWF)', 0, 'ZWS'],
  ['RealMedia', 0, '.RMF'],
  ['RealMedia', 0, '.RMP'],
  ['RealAudio', 0, '0x2e7261fd'],
  ['AMV', 8, 'AMV '],
  ['Bink', 0, 'BIKi'],
  ['DSS', 0, '0x02647373'],
  ['DSS', 0, '0x03647373'],
  ['DS2', 0, '0x01647332'],
  ['DS2', 0, '0x02647332'],
  ['DS2', 0, '0x03647332'],
  ['DS2', 0, '0x07647332'],
  ['QCP', 8, 'QLCM'],
  ['SMAF', 0, 'MMMD'],
  ['SILK', 0, '#!SILK_V3'],
  ['SILK', 1, '#!SILK_V3'],
  ['iLBC', 0, '#!iLBC'],
  ['EVS', 0, '#!EVS'],
  ['Creative Voice', 0, 'Creative Voice File'],
  ['AU', 0, '.snd'],
  ['8SVX', 8, '8SVX'],
  ["Monkey's Audio", 0, 'MAC '],
  ['WavPack', 0, 'wvpk'],
  ['True Audio', 0, 'TTA1'],
  ['TAK', 0, 'tBaK'],
  ['OptimFROG', 0, 'OFR '],
  ['Shorten', 0, 'ajkg'],
  ['Musepack', 0, 'MPCK'],
  ['Musepack', 0, 'MP+'],
  ['DSD', 0, 'DSD '],
  ['DSD', 0, 'FRM8'],
  ['DTS', 0, '0x7ffe8001'],
  ['MIDI', 0, 'MThd'],
];

const ACCEPTED: readonly Mark[] = [
  ...['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot'].map((box): Mark => ['MP4', 4, box]),
  ['Matroska', 0, '0x1a45dfa3'],
  ['AVI', 8, 'AVI '],
  ['WAV', 8, 'WAVE'],
  ['Wave64', 0, '0x726966662e91cf11'],
  ['ASF', 0, '0x3026b2758e66cf11'],
  ['FLV', 0, 'FLV'],
  ['program stream', 0, '0x000001ba'],
  ['Ogg', 0, 'OggS'],
  ['FLAC', 0, 'fLaC'],
  ['MP3', 0, 'ID3'],
  ['MP3', 0, '0xfffb'],
  ['MP3', 0, '0xfff3'],
  ['MP3', 0, '0xfffa'],
  ['MP3', 0, '0xfff2'],
  ['AAC', 0, '0xfff1'],
  ['AAC', 0, '0xfff9'],
  ['AIFF', 8, 'AIFF'],
  ['AIFF', 8, 'AIFC'],
  ['CAF', 0, 'caff'],
  ['AMR', 0, '#!AMR'],
];

/* Kinds whose first bytes say nothing, or are not known, by the ending of their names. */
const BY_ENDING = new Map([
  ['arf', 'WebEx'],
  ['camrec', 'Camtasia'],
  ['dss', 'DSS'],
  ['ds2', 'DS2'],
  ['gxf', 'GXF'],
  ['mxf', 'MXF'],
  ['ra', 'RealAudio'],
  ['ram', 'RealMedia'],
  ['rm', 'RealMedia'],
  ['rmvb', 'RealMedia'],
  ['trec', 'Camtasia'],
  ['wrf', 'WebEx'],
  ['zoom', 'Zoom'],
]);

const codesOf = (bytes: string): number[] =>
  bytes.startsWith('0x')
    ? (bytes.slice(2).match(/../g) ?? []).map((pair) => parseInt(pair, 16))
    : [...bytes].map((letter) => letter.charCodeAt(0));

const isMarked = (head: Uint8Array, [, offset, bytes]: Mark): boolean =>
  codesOf(bytes).every((code, i) => head[offset + i] === code);

/* Packets of 188 bytes, in an M2TS each behind a time of four. */
const isTransportStream = (head: Uint8Array): boolean =>
  (head[0] === 0x47 && head[188] === 0x47) || (head[4] === 0x47 && head[196] === 0x47);

/** The name of a recording that the server does not take; null for all else. */
export function refusedContainer(head: Uint8Array, filename = ''): string | null {
  const mark = REFUSED.find((candidate) => isMarked(head, candidate));
  if (mark) return mark[0];
  if (isAcceptedContainer(head)) return null;
  const ending = /\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase() ?? '';
  return BY_ENDING.get(ending) ?? null;
}

/** Whether the first bytes are those of a container that the server takes. */
export function isAcceptedContainer(head: Uint8Array): boolean {
  return ACCEPTED.some((candidate) => isMarked(head, candidate)) || isTransportStream(head);
}
