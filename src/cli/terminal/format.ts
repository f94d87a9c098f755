/**
 * Numbers for people.
 *
 * @module
 */

/**
 * Writes a count.
 *
 * @param count The number.
 * @returns It, with commas between the thousands.
 */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString("en-US");
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
 * @param ms Milliseconds.
 * @returns Seconds with a decimal.
 */
export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/**
 * Writes how long something will take.
 *
 * @param ms Milliseconds.
 * @returns Such as `45 s`, `12 min`, `3 h 20 min` or `5 days`.
 */
export function formatDuration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 72 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}

/**
 * Writes a number of bytes.
 *
 * @param bytes The number.
 * @returns Such as `512 bytes`, `3.4 kB` or `217.0 MB`.
 */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
