/**
 * Structured logs: one line an event, with fields, for people or for machines. Tokens, payloads and
 * query strings never belong in a field.
 *
 * @module
 */

import { printable } from "./printable.ts";

/** How much a line matters, from least to most. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** For people (`console`) or for machines (`json`). */
export type LogFormat = "console" | "json";

/** What a line says beside its message. `undefined` is left out. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Somewhere to log to. */
export interface Log {
  /** Whether lines of this level are written: ask before putting together costly fields. */
  enabled(level: LogLevel): boolean;
  /** Writes a line. It never throws: a log that cannot be written must not stop a server. */
  write(level: LogLevel, message: string, fields?: LogFields): void;
}

/** How to log. */
export interface LogOptions {
  /**
   * Lines below this level are left out.
   *
   * @default {"info"}
   */
  level?: LogLevel;
  /**
   * How a line looks.
   *
   * @default {"console"}
   */
  format?: LogFormat;
  /** Where a line goes, its line end included. Default: standard error. */
  sink?: (line: string) => void;
}

/** The levels, from least to most. */
export const logLevels: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** The formats. */
export const logFormats: readonly LogFormat[] = ["console", "json"];

/** A log that writes nothing. */
export const noLog: Log = { enabled: () => false, write: () => {} };

/**
 * Makes a log.
 *
 * @param options Level, format and where to.
 * @returns The log.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createLog } from "@eventodb/cli/server";
 *
 * const lines: string[] = [];
 * const log = createLog({ level: "info", format: "json", sink: (line) => lines.push(line) });
 * log.write("debug", "not written");
 * log.write("info", "listening", { port: 8080 });
 * assertEquals(lines.length, 1);
 * assertEquals(JSON.parse(lines.join("")).port, 8080);
 * ```
 */
export function createLog(options: LogOptions = {}): Log {
  const { level = "info", format = "console", sink = writeToStderr } = options;
  const threshold = logLevels.indexOf(level);
  const enabled = (asked: LogLevel) => logLevels.indexOf(asked) >= threshold;
  const line = format === "json" ? jsonLine : consoleLine;
  return {
    enabled,
    write(asked, message, fields = {}) {
      if (!enabled(asked)) return;
      sink(`${printable(line(new Date().toISOString(), asked, message, fields))}\n`);
    },
  };
}

/**
 * Words for an error in a log: its stack where it has one, and what lies beneath it.
 *
 * @param error Whatever was thrown.
 * @returns Text, of several lines perhaps.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\nCaused by: ${errorText(error.cause)}`;
}

function jsonLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  return JSON.stringify({ time, level, message, ...fields });
}

function consoleLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${plain(value)}`);
  return `${time} ${level.toUpperCase().padEnd(5)} ${message}${pairs.join("")}`;
}

/** Quotes what would break the line up, so that no value can pass for another line or field. */
function plain(value: LogFields[string]): string {
  const text = String(value);
  return typeof value !== "string" || /^[\w./:@+%~-]+$/.test(text) ? text : JSON.stringify(text);
}

const encoder = new TextEncoder();

function writeToStderr(line: string): void {
  let rest = encoder.encode(line);
  try {
    while (rest.length > 0) rest = rest.subarray(Deno.stderr.writeSync(rest));
  } catch {
    // Nobody reads it any more, and there is nowhere else to say so.
  }
}
