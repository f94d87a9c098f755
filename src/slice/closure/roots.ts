/**
 * The streams that a closure begins with.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { excerpt } from "../../excerpt.ts";
import { closureStreamsMax, nearestStreamsMax } from "../limits.ts";
import { keyOfName } from "../../record/line_head.ts";
import { categoryOf } from "../../stream_name.ts";
import { nearest } from "../../suggest.ts";
import { tooLarge } from "./closure_size.ts";
import type { LinkSource } from "../links/link_source.ts";
import { Pattern } from "../pattern.ts";
import { SliceFilter } from "../slice_filter.ts";
import type { Slice } from "../slice.ts";

/**
 * Finds the streams that are named.
 *
 * @param source Lists the streams.
 * @param slice Names them, or has patterns of their names; a sample is taken of them.
 * @returns Their names, each once.
 * @throws {EventoDBError} `INVALID_REQUEST`: a stream is not there and nothing links to it, a pattern
 * matches none, or a stream that is named is excluded as well.
 */
export async function rootsOf(
  source: LinkSource,
  { relatedTo = [], sample, excludeCategories, excludeStreams }: Pick<
    Slice,
    "relatedTo" | "sample" | "excludeCategories" | "excludeStreams"
  >,
): Promise<string[]> {
  const excluded = SliceFilter.of({ excludeCategories, excludeStreams });
  const sampled = SliceFilter.of({ sample });
  const isExcluded = (stream: string) => excluded !== undefined && !wants(excluded, stream);
  const roots = new Set<string>();
  const add = (stream: string) => {
    if (sampled !== undefined && !wants(sampled, stream)) return;
    if (roots.size >= closureStreamsMax) {
      throw tooLarge(relatedTo, { streamsMax: closureStreamsMax });
    }
    roots.add(stream);
  };
  for (const text of new Set(relatedTo)) {
    const pattern = new Pattern(text);
    const { literal } = pattern;
    if (literal === undefined) {
      let isMatched = false;
      for await (const stream of source.streams(pattern.prefix)) {
        if (!pattern.matches(stream)) continue;
        isMatched = true;
        if (!isExcluded(stream)) add(stream);
      }
      if (!isMatched) throw noStream(`No stream matches ${JSON.stringify(excerpt(text))}`, text);
      continue;
    }
    if (isExcluded(literal)) throw namedAndExcluded(literal);
    if (!await isThere(source, literal)) {
      const meant = await nearestStream(source, literal);
      const hint = meant === undefined ? "" : `. Did you mean ${JSON.stringify(excerpt(meant))}?`;
      throw noStream(`There is no stream ${JSON.stringify(excerpt(literal))}${hint}`, text, meant);
    }
    add(literal);
  }
  return [...roots];
}

function wants(filter: SliceFilter, stream: string): boolean {
  return filter.wants({ streamKey: keyOfName(stream), stream, typeKey: "", type: "" });
}

/** A correlation need not be a stream with events of its own: it is there if something links to it. */
async function isThere(source: LinkSource, stream: string): Promise<boolean> {
  const [events] = await source.countEvents([stream]);
  if (events! > 0) return true;
  for await (const _ of source.linksTo([stream])) return true;
  return false;
}

async function nearestStream(source: LinkSource, typed: string): Promise<string | undefined> {
  const category = categoryOf(typed);
  const prefixes = category === typed ? [""] : [`${category}-`, ""];
  for (const prefix of prefixes) {
    const names: string[] = [];
    for await (const name of source.streams(prefix)) {
      if (names.push(name) === nearestStreamsMax) break;
    }
    // Of two that are as near, the same one whatever the source.
    const meant = nearest(typed, names.sort());
    if (meant !== undefined) return meant;
  }
  return undefined;
}

function noStream(problem: string, stream: string, meant?: string): EventoDBError {
  return new EventoDBError("INVALID_REQUEST", problem, {
    details: { stream, ...meant === undefined ? {} : { meant } },
  });
}

function namedAndExcluded(stream: string): EventoDBError {
  return new EventoDBError(
    "INVALID_REQUEST",
    `What is related to ${
      JSON.stringify(excerpt(stream))
    } is asked for, and that stream is excluded`,
    { details: { stream } },
  );
}
