/**
 * The window of time that a command line means: `--since` and `--until`.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import type { Slice } from "../../slice/slice.ts";
import { parseWindow } from "../../slice/window.ts";
import type { Arguments } from "../arguments.ts";
import { UsageError } from "../problems.ts";
import { say } from "../terminal/terminal.ts";

/**
 * Reads `--since` and `--until`. What is counted back from now is fixed here, once, and shown.
 *
 * @returns Both as times in UTC.
 * @throws {UsageError} One is not a time, or no time lies between them.
 */
export function readWindow(args: Arguments): Pick<Slice, "since" | "until"> {
  // Both bounds are counted back from the same time.
  const now = Date.now();
  const given = { since: timeOf(args, "since", now), until: timeOf(args, "until", now) };
  try {
    const window = parseWindow(given, { since: "--since", until: "--until" });
    if (window.since !== undefined && window.since === window.until) throw emptyWindow(given);
    return window;
  } catch (error) {
    if (!(error instanceof EventoDBError)) throw error;
    throw new UsageError(
      error.message,
      "Give times with a zone, such as 2025-07-01T10:00Z, dates such as 2025-07-01, or back from now: 36h",
    );
  }
}

function timeOf(args: Arguments, name: "since" | "until", now: number): string | undefined {
  const text = args.text(name);
  const time = text === undefined ? undefined : agoTime(text, now);
  if (time !== undefined && !args.flag("quiet")) say(`--${name} ${text} is ${time}`);
  return time ?? text;
}

/** Milliseconds of each unit. */
const units = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
} as const;

/** `90m`, `36h` or `7d` → the time that it means; `undefined` where the text has another form. */
function agoTime(text: string, now: number): string | undefined {
  const [, count, unit] = /^(\d{1,9})([mhd])$/.exec(text.trim()) ?? [];
  if (unit === undefined) return undefined;
  const time = now - Number(count) * units[unit as keyof typeof units];
  // Before the year 0 there are no times.
  return time < Date.UTC(0, 0) ? undefined : new Date(time).toISOString().replace(/\.000Z$/, "Z");
}

/** `--until` is exclusive, which is easily forgotten where a day is meant. */
function emptyWindow({ since, until }: { since?: string; until?: string }): UsageError {
  const isDate = /^\d{4}-\d\d-\d\d$/.test(until!);
  return new UsageError(
    `No event is at or after --since ${since} and before --until ${until}`,
    isDate
      ? `For the whole day, give --until ${dayAfter(until!)}`
      : "Give an --until that is after --since",
  );
}

function dayAfter(date: string): string {
  return new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
}
