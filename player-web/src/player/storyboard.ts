// SPDX-License-Identifier: GPL-3.0-or-later
/* Small pictures of a lecture: tiles on a few sheets, as the cues of a WebVTT file or the list of
 * slides name them. Nothing is fetched before somebody looks. */

/** A part of a sheet. */
export interface Tile {
  sheet: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Cue {
  start_s: number;
  tile: Tile;
}

/** "storyboard-0.jpg#xywh=160,0,160,90", relative to base; null for anything else. */
export function parseTile(text: string, base: string): Tile | null {
  const parts = /^([^#\s]+)#xywh=(\d+),(\d+),(\d+),(\d+)$/.exec(text.trim());
  if (!parts) return null;
  const [x = 0, y = 0, width = 0, height = 0] = parts.slice(2).map(Number);
  return { sheet: new URL(parts[1] ?? '', base).href, x, y, width, height };
}

function parseTime(text: string): number | null {
  const parts = /^(?:(\d+):)?(\d\d):(\d\d\.\d{3})$/.exec(text);
  return parts ? Number(parts[1] ?? 0) * 3600 + Number(parts[2]) * 60 + Number(parts[3]) : null;
}

/** The cues of a storyboard, in order of time; what cannot be read is left out. */
export function parseCues(text: string, base: string): Cue[] {
  if (!text.startsWith('WEBVTT')) return [];
  return text.split(/\r?\n\r?\n/).flatMap((block) => {
    const lines = block.trim().split(/\r?\n/);
    const at = lines.findIndex((line) => line.includes(' --> '));
    const start_s = parseTime(lines[at]?.split(' ')[0] ?? '');
    const tile = parseTile(lines[at + 1] ?? '', base);
    return at >= 0 && start_s !== null && tile ? [{ start_s, tile }] : [];
  });
}

/** The last one that has started by then, of what is in order of time. */
export function lastStarted<T extends { start_s: number }>(list: readonly T[], seconds: number): T | null {
  const n = list.findIndex(({ start_s }) => start_s > seconds);
  return list[(n < 0 ? list.length : n) - 1] ?? null;
}

/** The storyboard at url; empty when it cannot be had. */
export async function fetchCues(url: string): Promise<Cue[]> {
  try {
    const response = await fetch(url, { credentials: 'same-origin' });
    return response.ok ? parseCues(await response.text(), new URL(url, document.baseURI).href) : [];
  } catch {
    return []; /* no network: seeking goes on without pictures */
  }
}
