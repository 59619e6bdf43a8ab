// SPDX-License-Identifier: GPL-3.0-or-later
/* How fast bytes go out and how long the rest will take, over the last half minute. Pure. */

const WINDOW_MS = 30_000;
const MIN_SPAN_MS = 2_000; /* before that a speed is a guess */

interface Sample {
  at_ms: number;
  sent_bytes: number;
}

export class SpeedMeter {
  private samples: Sample[] = [];

  add(sent_bytes: number, at_ms: number): void {
    this.samples = this.samples.filter((sample) => at_ms - sample.at_ms <= WINDOW_MS);
    this.samples.push({ at_ms, sent_bytes });
  }

  /** After a pause: the time without sending is not slowness. */
  reset(): void {
    this.samples = [];
  }

  /** null while not known. */
  bytesPerSecond(): number | null {
    const first = this.samples[0];
    const last = this.samples[this.samples.length - 1];
    if (!first || !last || last.at_ms - first.at_ms < MIN_SPAN_MS) return null;
    const sent = last.sent_bytes - first.sent_bytes;
    return sent > 0 ? (sent * 1000) / (last.at_ms - first.at_ms) : null;
  }

  secondsLeft(total_bytes: number): number | null {
    const speed = this.bytesPerSecond();
    const last = this.samples[this.samples.length - 1];
    return speed === null || !last ? null : (total_bytes - last.sent_bytes) / speed;
  }
}
