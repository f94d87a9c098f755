/**
 * Exclusions that exclude nothing: most likely a name is wrong, and events come along that should not.
 *
 * @module
 */

import { streamsLimitMax } from "../../limits.ts";
import type { EventoDBClient } from "../../client/client.ts";
import { excludesAskedMax, unmatchedNamedMax } from "../limits.ts";
import { Pattern } from "../../slice/pattern.ts";
import type { Slice } from "../../slice/slice.ts";
import type { Unmatched, UnmatchedExcludes } from "../../slice/slice_filter.ts";
import { nearest } from "../../suggest.ts";
import { nearestStream } from "./nothing_exported.ts";

interface Server {
  client?: EventoDBClient;
  signal: AbortSignal;
  hidesStreams?: boolean;
}

/**
 * Says what was excluded and is not there. What a server leaves out does not come here, so it is asked whether
 * there are such categories and streams; of types it says nothing.
 *
 * @param slice What was asked for.
 * @param unmatched What has matched nothing among the events that came.
 * @param server The server, if it is one, and whether names of streams are private.
 * @returns A line for each, up to a bound.
 */
export async function excludeNotes(
  slice: Slice,
  { excludes }: Unmatched,
  server: Server,
): Promise<string[]> {
  const found = candidatesOf(slice, excludes, server);
  try {
    const notes = [
      ...await categoryNotes(found.categories, server),
      ...await streamNotes(found.streams, server),
      ...found.types.map((text) => `Note: --exclude-types "${text}" excludes nothing`),
    ];
    const more = notes.length - unmatchedNamedMax;
    if (more <= 0) return notes;
    return [
      ...notes.slice(0, unmatchedNamedMax),
      `Note: ${more} other exclusions exclude nothing`,
    ];
  } catch {
    // A server that does not say leaves it open.
    return [];
  }
}

/** Of what is related, the excluded streams are left out before its events are read. */
function candidatesOf(
  { relatedTo, excludeCategories = [], excludeStreams = [] }: Slice,
  excludes: UnmatchedExcludes | undefined,
  { client }: Server,
): UnmatchedExcludes {
  const { categories = [], streams = [], types = [] } = excludes ?? {};
  if (relatedTo === undefined || client === undefined) return { categories, streams, types };
  return { categories: [...excludeCategories], streams: [...excludeStreams], types };
}

async function categoryNotes(
  categories: readonly string[],
  { client, signal }: Server,
): Promise<string[]> {
  if (categories.length === 0) return [];
  const listed = await client?.namespaceCategories({ signal });
  const names = listed?.map(({ category }) => category);
  return categories.filter((category) => !names?.includes(category)).map((category) =>
    noteOf("categories", category, names && nearest(category, names))
  );
}

async function streamNotes(
  patterns: readonly string[],
  { client, signal, hidesStreams = false }: Server,
): Promise<string[]> {
  if (client === undefined) return patterns.map((text) => noteOf("streams", text));
  const notes: string[] = [];
  for (const text of patterns.slice(0, excludesAskedMax)) {
    if (await mayMatch(new Pattern(text), client, signal)) continue;
    const meant = hidesStreams ? undefined : await nearestStream(text, client, signal);
    notes.push(noteOf("streams", text, meant));
  }
  return notes;
}

/** Whether a stream matches; also where there are too many to look at. */
async function mayMatch(
  pattern: Pattern,
  client: EventoDBClient,
  signal: AbortSignal,
): Promise<boolean> {
  const { literal, prefix } = pattern;
  if (literal !== undefined) return await client.streamVersion(literal, { signal }) !== null;
  const listed = await client.namespaceStreams({ prefix, limit: streamsLimitMax, signal });
  return listed.length === streamsLimitMax || listed.some(({ stream }) => pattern.matches(stream));
}

function noteOf(what: "categories" | "streams", text: string, meant?: string): string {
  const hint = meant === undefined ? "" : `. Did you mean "${meant}"?`;
  return `Note: --exclude-${what} "${text}" excludes nothing${hint}`;
}
