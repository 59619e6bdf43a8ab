// SPDX-License-Identifier: GPL-3.0-or-later
/* What a multivariant playlist says about its qualities: enough to tell people what watching costs.
 * Playing is hls.js's business. Pure. */

export interface Variant {
  /** Peak and average of picture and sound together, bits per second. */
  peak_bps: number;
  average_bps: number;
  height_px: number | null;
}

const TAG = '#EXT-X-STREAM-INF:';

/** An attribute list (RFC 8216 §4.2): commas inside quotes do not separate. */
function parseAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name, quoted, bare] of text.matchAll(/([A-Z0-9-]+)=(?:"([^"]*)"|([^,]*))/g)) {
    if (name) attributes.set(name, quoted ?? bare ?? '');
  }
  return attributes;
}

/** The variants, from the cheapest up; empty when text is not such a playlist. */
export function parseVariants(text: string): Variant[] {
  if (!text.startsWith('#EXTM3U')) return [];
  const variants: Variant[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (!line.startsWith(TAG)) continue;
    const attributes = parseAttributes(line.slice(TAG.length));
    const peak_bps = Number(attributes.get('BANDWIDTH'));
    if (!Number.isFinite(peak_bps) || peak_bps <= 0) continue;
    const average_bps = Number(attributes.get('AVERAGE-BANDWIDTH'));
    const height = /^\d+x(\d+)$/.exec(attributes.get('RESOLUTION') ?? '');
    variants.push({
      peak_bps,
      average_bps: average_bps > 0 ? average_bps : peak_bps,
      height_px: height ? Number(height[1]) : null,
    });
  }
  return variants.sort((a, b) => a.average_bps - b.average_bps);
}

/** Decimal megabytes for an hour at this rate: at least 1, so that nothing looks free. */
export function megabytesPerHour(bps: number): number {
  return Math.max(1, Math.round((bps * 3600) / 8 / 1e6));
}
