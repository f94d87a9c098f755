/**
 * Times on a command line that are said from now on backwards.
 *
 * @module
 */

/** Milliseconds of each unit. */
const units: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Turns `90m`, `36h` or `7d` into the time that it means.
 *
 * @param text What was given.
 * @param now The time now, in milliseconds.
 * @returns The time, RFC 3339 in UTC; `undefined` where the text has another form.
 */
export function agoTime(text: string, now: number): string | undefined {
  const [, count, unit] = /^(\d{1,9})([mhd])$/.exec(text.trim()) ?? [];
  if (unit === undefined) return undefined;
  const time = now - Number(count) * units[unit];
  // Before the year 0 there are no times.
  return time < Date.UTC(0, 0) ? undefined : new Date(time).toISOString().replace(/\.000Z$/, "Z");
}
