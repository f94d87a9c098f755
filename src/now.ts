/**
 * The clock, apart from what is done with times: browsers and Node have no `Temporal` yet.
 *
 * @module
 */

/**
 * The time now, as fine as the platform gives it.
 *
 * @returns The instant, in the form of `parseTime`.
 */
export function nowTime(): string {
  return Temporal.Now.instant().toString();
}
