/**
 * The export: messages of any source, by category and window of time, in ascending global position.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { Message } from "../message.ts";
import { formatRecord } from "../record/format.ts";
import { compareTimes, parseDateOrTime } from "../time.ts";

/** Which messages a source is asked for, in ascending global position. */
export interface ExportQuery {
  /** Only these categories. Absent: all. */
  categories?: readonly string[];
  /** Lowest global position, inclusive. */
  from: number;
  /** Highest global position, inclusive. Absent: wherever the source ends. */
  to?: number;
  /** Only messages at or after this time. A source may leave it to the export. */
  since?: string;
  /** Only messages before this time. A source may leave it to the export. */
  until?: string;
  /** Ends the reading. */
  signal?: AbortSignal;
}

/** Where an export reads from: a server, by whatever it offers, or a store. */
export interface ExportSource {
  /**
   * The highest global position that a reader can see now.
   *
   * @param signal Ends the asking.
   * @returns The position, 0 for none; `null` when the source does not tell.
   */
  lastPosition(signal?: AbortSignal): Promise<number | null>;
  /**
   * Reads messages. What fails and may pass is tried again here, after the last message read.
   *
   * @param query Which.
   * @returns The messages, in pages that are never empty.
   */
  read(query: ExportQuery): AsyncIterable<Message[]>;
}

/** What to export. */
export interface ExportOptions {
  /** Only these categories. Default: all. A name with `-` matches nothing. */
  categories?: readonly string[];
  /** Only messages at or after this time: RFC 3339, or `YYYY-MM-DD` for its first moment in UTC. */
  since?: string;
  /** Only messages before this time, in the same forms. */
  until?: string;
  /**
   * Lowest global position, inclusive.
   *
   * @default {1}
   */
  position?: number;
  /** Ends the export; it then throws the signal's reason. */
  signal?: AbortSignal;
  /** Called when the upper bound is known: the highest global position that can come. */
  onBound?: (globalPosition: number | null) => void;
  /** Called with the last global position looked at, after each page. */
  onProgress?: (globalPosition: number) => void;
}

/**
 * Exports messages. The highest global position is fixed at the start, so that the export ends, also
 * while others write.
 *
 * @param source Where to read from.
 * @param options What to read.
 * @returns The messages, in pages, each message once.
 * @throws {EventoDBError} `INVALID_REQUEST` when a time is none or `since` is after `until`;
 * `UNEXPECTED_ANSWER` when the source hands on positions that do not ascend; what the source throws.
 */
export async function* exportMessages(
  source: ExportSource,
  options: ExportOptions = {},
): AsyncGenerator<Message[]> {
  const { categories, position = 1, signal } = options;
  const { since, until } = parseWindow(options);
  const to = await source.lastPosition(signal) ?? undefined;
  options.onBound?.(to ?? null);
  if (to !== undefined && to < position) return;

  const query = { categories, from: position, to, since, until, signal };
  let last = position - 1;
  for await (const page of source.read(query)) {
    signal?.throwIfAborted();
    last = checkAscending(page, last);
    const wanted = page.filter(({ time }) =>
      (since === undefined || compareTimes(time, since) >= 0) &&
      (until === undefined || compareTimes(time, until) < 0)
    );
    if (wanted.length > 0) yield wanted;
    options.onProgress?.(last);
  }
}

/**
 * Writes messages as NDJSON.
 *
 * @param page The messages.
 * @returns Their lines, each with its line end.
 */
export function formatPage(page: readonly Message[]): string {
  let lines = "";
  for (const message of page) lines += `${formatRecord(message)}\n`;
  return lines;
}

/**
 * Reads a window of time.
 *
 * @param window Its first moment, and the first moment after it.
 * @returns Both as times in UTC.
 * @throws {EventoDBError} `INVALID_REQUEST` when one is no time, or they are in the wrong order.
 */
export function parseWindow(
  window: Pick<ExportOptions, "since" | "until">,
): Pick<ExportQuery, "since" | "until"> {
  const since = parseBound("since", window.since);
  const until = parseBound("until", window.until);
  if (since !== undefined && until !== undefined && compareTimes(since, until) > 0) {
    throw new EventoDBError(
      "INVALID_REQUEST",
      `Cannot export a window that ends before it begins: since ${since} is after until ${until}`,
    );
  }
  return { since, until };
}

function parseBound(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return parseDateOrTime(text);
  } catch (error) {
    throw new EventoDBError("INVALID_REQUEST", `Cannot use ${name}: ${(error as Error).message}`);
  }
}

/** A server that repeats itself, or goes back, must not end up in a file that looks complete. */
function checkAscending(page: readonly Message[], last: number): number {
  for (const { globalPosition } of page) {
    if (globalPosition <= last) throw notAscending(globalPosition, last);
    last = globalPosition;
  }
  return last;
}

/**
 * The error of a source whose positions do not ascend.
 *
 * @param globalPosition The position that came.
 * @param last The one that it had to be above.
 * @returns The error, to be thrown.
 */
export function notAscending(globalPosition: number, last: number): EventoDBError {
  return new EventoDBError(
    "UNEXPECTED_ANSWER",
    `Cannot export: the server sent global position ${globalPosition} where one above ${last} ` +
      "had to come",
    { details: { status: 200, globalPosition, last } },
  );
}
