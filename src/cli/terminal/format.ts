/**
 * Numbers for people.
 *
 * @module
 */

import { format as formatSize } from "../../deps/fmt_bytes.ts";
import { format } from "../../deps/fmt_duration.ts";

/**
 * Writes a count.
 *
 * @param count The number.
 * @returns It, with commas between the thousands.
 */
export function formatCount(count: number): string {
  // `toLocaleString()` loads ICU first: a tenth of what a short command takes.
  return String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/**
 * Writes a count of events.
 *
 * @param count How many.
 * @returns Such as `1 event` or `3,456 events`.
 */
export function formatEvents(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "event" : "events"}`;
}

/**
 * Writes a short time.
 *
 * @returns Seconds with a decimal.
 */
export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

const [second, minute, day] = [1000, 60_000, 86_400_000];

/**
 * Writes how long something takes.
 *
 * @returns Such as `45s`, `12m`, `3h 20m` or `5d`: as much as matters.
 */
export function formatDuration(ms: number): string {
  const step = ms < 10 * minute ? second : ms < 3 * day ? minute : day;
  return format(Math.max(1, Math.round(ms / step)) * step, { ignoreZero: true });
}

/**
 * Writes a number of bytes.
 *
 * @param bytes The number.
 * @returns Such as `512 B`, `3.4 kB` or `217 MB`.
 */
export function formatBytes(bytes: number): string {
  return formatSize(bytes);
}
