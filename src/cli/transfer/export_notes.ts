/**
 * What is worth saying at the end of an export, though nothing is wrong: names that are not there, and what should
 * perhaps come along.
 *
 * @module
 */

import type { EventoDBClient } from "../../client/client.ts";
import type { Closure } from "../../slice/closure/closure_result.ts";
import type { Slice } from "../../slice/slice.ts";
import type { Unmatched } from "../../slice/slice_filter.ts";
import { categoryOf } from "../../stream_name.ts";
import { nearest } from "../../suggest.ts";
import { formatCount } from "../terminal/format.ts";

/** What an export has found out. */
export interface ExportFindings {
  /** Of the categories that were asked for, those of which nothing came. */
  missing?: readonly string[];
  /** Patterns that matched nothing. */
  unmatched: Unmatched;
  /** What is related, where that was asked for and is known here. */
  closure?: Closure;
}

/** The server to ask why, if there is one, and whether names of streams are private. */
export interface AskedServer {
  client?: EventoDBClient;
  signal: AbortSignal;
  hidesStreams?: boolean;
}

/**
 * Notes on an export.
 *
 * @param slice What was asked for.
 * @param findings What it has found out.
 * @param server The server to ask.
 * @returns Lines.
 */
export async function exportNotes(
  slice: Slice,
  { missing = [], unmatched, closure }: ExportFindings,
  server: AskedServer,
): Promise<string[]> {
  const { whyMissing, whyUnmatched } = await import("./nothing_exported.ts");
  const { excludeNotes } = await import("./exclude_notes.ts");
  const absent = [
    ...await whyMissing(missing, slice, server),
    ...relatedNotes(closure),
    ...await whyUnmatched(unmatched, server),
  ];
  return [
    ...absent.map((note) => note.replace(/^No event/, "Note: no event")),
    ...await excludeNotes(slice, unmatched, server),
  ];
}

/** Values that name no stream, and categories to stop at of which there is no stream. */
function relatedNotes(closure: Closure | undefined): string[] {
  if (closure === undefined) return [];
  const { oddValues, stopAtUnmatched, streams } = closure;
  const odd = oddValues.map(({ link, values }) =>
    `Note: ${formatCount(values)} ${
      values === 1 ? "value" : "values"
    } of ${link} can name no stream`
  );
  if (stopAtUnmatched.length === 0) return odd;
  const categories = [...new Set(Array.from(streams, categoryOf))];
  const stops = stopAtUnmatched.map((category) => {
    const meant = nearest(category, categories);
    const hint = meant === undefined ? "" : `. Did you mean "${meant}"?`;
    return `Note: no stream of the category "${category}", at which to stop, is related${hint}`;
  });
  return [...odd, ...stops];
}
