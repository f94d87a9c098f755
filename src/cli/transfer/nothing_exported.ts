/**
 * Why an export, or a category of it, had no events.
 *
 * @module
 */

import { streamsLimitMax } from "../../limits.ts";
import type { EventoDBClient } from "../../client/client.ts";
import { unmatchedNamedMax } from "../limits.ts";
import { Pattern } from "../../slice/pattern.ts";
import type { Slice } from "../../slice/slice.ts";
import { SliceFilter, type Unmatched } from "../../slice/slice_filter.ts";
import { categoryOf } from "../../stream_name.ts";
import { compareTimes } from "../../time.ts";
import { CommandError } from "../problems.ts";
import { nearest } from "../../suggest.ts";

/**
 * The error of an export without any event.
 *
 * @param slice What was asked for.
 * @param found The highest global position that could come, where the server reports it, and what matched nothing.
 * @param server The server to ask why, and whether names of streams are private.
 * @returns The error, to be thrown, with the reasons that are known.
 */
export async function nothingToExport(
  slice: Slice,
  { bound, unmatched }: { bound: number | null; unmatched: Unmatched },
  { client, namespace = "", signal, hidesStreams }: {
    client?: EventoDBClient;
    namespace?: string;
    signal: AbortSignal;
    hidesStreams?: boolean;
  },
): Promise<CommandError> {
  const reasons = await whyMissing(slice.categories ?? [], slice, { client, signal });
  reasons.push(...await whyUnmatched(unmatched, { client, signal, hidesStreams }));
  const { from, since } = slice;
  if (bound === 0) {
    reasons.push("The namespace has no events");
  } else if (from !== undefined && bound !== null && bound < from) {
    reasons.push(
      `The highest global position there is ${bound}, below --from-position ${from}`,
    );
  } else if (since !== undefined) {
    const info = await client?.namespaceInfo(namespace, { signal }).catch(() => undefined);
    const last = info?.lastActivity ?? since;
    if (compareTimes(last, since) < 0) reasons.push(`The last event is of ${last}, before --since`);
  }
  return new CommandError("Nothing to export: no event matches", [
    ...reasons,
    "With --allow-empty, an export of no events is a success",
  ]);
}

/**
 * Says of categories of which nothing came whether they are there, and what may have been meant.
 *
 * @param missing The categories.
 * @param slice What was asked for.
 * @param server The server to ask.
 * @returns Lines, one or two for each.
 */
export async function whyMissing(
  missing: readonly string[],
  slice: Slice,
  { client, signal }: { client?: EventoDBClient; signal: AbortSignal },
): Promise<string[]> {
  if (missing.length === 0) return [];
  const listed = await client?.namespaceCategories({ signal }).catch(() => undefined);
  const names = listed?.map(({ category }) => category);
  const where = isUnbounded(slice)
    ? ""
    : SliceFilter.of(slice) === undefined
    ? " in this window"
    : " in what was asked for";
  return missing.flatMap((category) => {
    const nothing = `No event of the category "${category}" was found`;
    if (names === undefined || names.includes(category)) return [`${nothing}${where}`];
    const meant = nearest(category, names) ?? nearest(category.toLowerCase(), names);
    const hint = meant === undefined ? "" : `. Did you mean "${meant}"?`;
    return [nothing, `There is no category of that name${hint}`];
  });
}

/**
 * Says which patterns of streams and types matched nothing, and which stream may have been meant.
 *
 * @param unmatched The patterns.
 * @param server The server to ask, and whether names of streams are private.
 * @returns A line for each, up to a bound.
 */
export async function whyUnmatched(
  { streams, types }: Unmatched,
  { client, signal, hidesStreams = false }: {
    client?: EventoDBClient;
    signal: AbortSignal;
    hidesStreams?: boolean;
  },
): Promise<string[]> {
  const notes = await Promise.all(
    streams.slice(0, unmatchedNamedMax).map(async (text) => {
      const meant = hidesStreams ? undefined : await nearestStream(text, client, signal);
      const nothing = `No event of the streams "${text}" was found`;
      if (meant === undefined) return nothing;
      // It is there, so it is what else was asked for that leaves its events out.
      return meant === new Pattern(text).literal
        ? `${nothing} in what was asked for; the stream exists`
        : `${nothing}. Did you mean "${meant}"?`;
    }),
  );
  notes.push(
    ...types.slice(0, unmatchedNamedMax).map((text) => `No event of the types "${text}" was found`),
  );
  const more = streams.length + types.length - notes.length;
  return more === 0 ? notes : [...notes, `No event of ${more} other patterns was found`];
}

/**
 * Finds the stream that may have been meant by a name.
 *
 * Only what begins alike is looked at: a namespace may have millions of streams.
 *
 * @param text The name, as a pattern.
 * @param client The server.
 * @param signal Ends the asking.
 * @returns The stream's name, which may be the very same; `undefined` for none.
 */
export async function nearestStream(
  text: string,
  client: EventoDBClient | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (client === undefined) return undefined;
  const { literal } = new Pattern(text);
  if (literal === undefined) return undefined;
  const category = categoryOf(literal);
  const streamsOf = async (prefix: string) => {
    const listed = await client.namespaceStreams({ prefix, limit: streamsLimitMax, signal });
    return nearest(literal, listed.map(({ stream }) => stream));
  };
  try {
    return await streamsOf(literal.slice(0, -2)) ?? await streamsOf(`${category}-`);
  } catch {
    // A server that cannot list them leaves it at that.
    return undefined;
  }
}

/** Whether a slice has nothing but categories. */
function isUnbounded(slice: Slice): boolean {
  const { since, until, from, to } = slice;
  return SliceFilter.of(slice) === undefined &&
    [since, until, from, to].every((bound) => bound === undefined);
}
