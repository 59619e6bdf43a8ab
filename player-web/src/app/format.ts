// SPDX-License-Identifier: GPL-3.0-or-later
/* Numbers as people read them, in the language of the interface. */
import { locale, t } from './text';

/** "12:31", "1:02:03": a place in a lecture. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const s = String(whole % 60).padStart(2, '0');
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

/** "12 phút", "1 giờ 5 phút": how long something is. */
export function length(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return t('time.under_minute');
  if (minutes < 60) return t('time.minutes', { n: minutes });
  return t('time.hours', { h: Math.floor(minutes / 60), m: minutes % 60 });
}

/** As length(), but short waits in seconds. */
export function wait(seconds: number): string {
  return seconds < 60 ? t('time.seconds', { n: Math.max(1, Math.round(seconds)) }) : length(seconds);
}

/** "3 phút 20 giây", spoken by screen readers. */
export function spokenTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const s = t('time.seconds', { n: whole % 60 });
  return whole < 60 ? s : `${length(Math.floor(whole / 60) * 60)} ${s}`;
}

export function number(value: number, fractionDigits = 0): string {
  return value.toLocaleString(locale(), { maximumFractionDigits: fractionDigits });
}

/** "1,4 GB": decimal units, as data plans are sold. */
export function bytes(n: number): string {
  if (n >= 1e9) return `${number(n / 1e9, 1)} GB`;
  if (n >= 1e6) return `${number(n / 1e6, n >= 1e7 ? 0 : 1)} MB`;
  return `${number(Math.max(1, n / 1e3))} KB`;
}

/** "24/11/2026" */
export function day(rfc3339: string): string {
  const date = new Date(rfc3339);
  if (Number.isNaN(date.getTime())) return '';
  return date.toLocaleDateString(locale(), { day: '2-digit', month: '2-digit', year: 'numeric' });
}

/** Whole percent of a part from 0 to 1; 100 only when it is all. */
export function percent(part: number): number {
  return part >= 1 ? 100 : Math.max(0, Math.floor(part * 100));
}

/** "Tiếng Việt" for "vi"; the tag itself where the browser knows no name. */
export function languageName(tag: string): string {
  try {
    const name = new Intl.DisplayNames([locale()], { type: 'language' }).of(tag) ?? tag;
    return name.charAt(0).toLocaleUpperCase(locale()) + name.slice(1);
  } catch {
    return tag;
  }
}
