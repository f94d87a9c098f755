/**
 * Pages of messages or lines, along a key.
 *
 * @module
 */

import { pageCharsMax, pageMessagesMax } from "../../../limits.ts";
import { postgresPageLinesMax } from "../limits.ts";
import { type Message, POSITION_MAX } from "../../../message.ts";
import { checkSameMessages } from "../../refusals.ts";
import type { LinePages } from "../../event_index.ts";
import type { MessageQuery } from "../../store.ts";
import type { Database } from "../connection/database.ts";
import type { Page, Run, Scan, Snapshot } from "./scan.ts";

export interface Range {
  id: string;
  scan: Scan;
  /** Where the messages are, in ascending order. */
  runs: readonly Run[];
  limit: number;
  /** When the runs were found; what comes later is not read. */
  begun?: Snapshot;
  /** Ends the read where it returns `false`, as {@linkcode MessageQuery} says. */
  goesOn?: MessageQuery["goesOn"];
}

export async function* messagePages(
  database: Database,
  begin: () => Range | Promise<Range>,
): AsyncGenerator<Message[], void> {
  const range = await begin();
  yield* pages(
    database,
    range,
    pageMessagesMax,
    (run, rowsMax) => range.scan.messages(database, run, rowsMax),
  );
}

/**
 * Reads lines of an export. While the reader takes a page, the next one is under way, and no more
 * than that one.
 */
export async function* linePages(
  database: Database,
  begin: () => Range | Promise<Range>,
): LinePages {
  const range = await begin();
  const begun = range.begun ?? await range.scan.snapshot(database);
  const read = (run: Run, rowsMax: number) => range.scan.lines(database, run, rowsMax, begun);
  yield* oneAhead(pages(database, { ...range, begun }, postgresPageLinesMax, read));
}

async function* pages<T>(
  database: Database,
  { id, scan, runs, limit, begun, goesOn }: Range,
  pageMax: number,
  read: (run: Run, rowsMax: number) => Promise<Page<T>>,
): AsyncGenerator<T, void> {
  // Who asks whether a read goes on is not to wait for a statement that finds nothing in a million messages.
  const inSteps = goesOn !== undefined && scan.isFiltered;
  let left = limit;
  for (const run of runs) {
    let next = clamp(run.from);
    let highest = clamp(run.to);
    let end = -1;
    while (next <= POSITION_MAX) {
      const rowsMax = Math.max(0, Math.min(left, pageMax));
      if (begun !== undefined) highest = Math.min(highest, begun.highest);
      if (next > end) {
        end = inSteps ? await scan.stepEnd(database, { from: next, to: highest }) : highest;
      }
      const page = await read({ from: next, to: Math.min(end, highest) }, rowsMax);
      begun ??= page;
      checkSameMessages(id, begun, page);
      if (page.count > 0) yield page.rows;
      left -= page.count;
      const isToEnd = page.count < rowsMax && page.bytes < pageCharsMax;
      const isRunOver = isToEnd && end >= highest;
      next = (isToEnd ? end : page.last) + 1;
      if (left <= 0 || isRunOver && run === runs.at(-1)) return;
      if (goesOn?.(next) === false) return;
      if (isRunOver) break;
    }
  }
}

/**
 * Asks for the next page before the reader does. Ended early, it waits for the page that is under
 * way, so that nothing outlives it.
 */
async function* oneAhead<T>(pages: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  let next = pages.next();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done) return;
      next = pages.next();
      // It rejects where it is awaited, and may never be.
      next.catch(() => {});
      yield value;
    }
  } finally {
    await next.catch(() => {});
    await pages.return();
  }
}

/** A position that a `bigint` can be. */
export function clamp(position: number): number {
  return Math.min(Math.max(Math.ceil(position), 0), POSITION_MAX);
}
