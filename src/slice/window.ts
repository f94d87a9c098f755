/**
 * The window of time of a slice: from `since` on, up to before `until`.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { compareTimes, parseDateOrTime } from "../time.ts";
import type { Slice } from "./slice.ts";

type Window = Pick<Slice, "since" | "until">;

/**
 * Reads a window of time.
 *
 * @param window Its bounds, each RFC 3339 or ISO 8601, or `YYYY-MM-DD` for midnight UTC.
 * @param names What the bounds are called where they come from: fields, or options of a command.
 * @returns Both as times in UTC.
 * @throws {EventoDBError} `INVALID_REQUEST` when one is not a time, or they are in the wrong order.
 */
export function parseWindow(
  window: Window,
  names: { since: string; until: string } = { since: "since", until: "until" },
): Window {
  const since = parseBound(names.since, window.since);
  const until = parseBound(names.until, window.until);
  if (since !== undefined && until !== undefined && compareTimes(since, until) > 0) {
    throw new EventoDBError(
      "INVALID_REQUEST",
      "The window of time ends before it begins: " +
        `${names.since} ${since} is after ${names.until} ${until}`,
    );
  }
  return { since, until };
}

/**
 * Whether a time is in a window.
 *
 * @param time The time, in UTC.
 * @param window The window, its bounds in UTC.
 * @returns Whether it is at or after the first, and before the second.
 */
export function isWithin(time: string, { since, until }: Window): boolean {
  return (since === undefined || compareTimes(time, since) >= 0) &&
    (until === undefined || compareTimes(time, until) < 0);
}

function parseBound(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return parseDateOrTime(text);
  } catch (error) {
    throw new EventoDBError("INVALID_REQUEST", `Cannot use ${name}: ${(error as Error).message}`);
  }
}
