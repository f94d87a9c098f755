/**
 * A file of events held against its manifest.
 *
 * @module
 */

import { TimeSlice } from "../../tick.ts";
import { countStream, type Manifest, type ManifestStream } from "../manifest/manifest.ts";
import type { Problems } from "./problems.ts";
import type { StreamTally } from "../manifest/stream_table.ts";
import type { CategoryTally, Tally } from "../manifest/tally.ts";

/** A manifest, and where its streams are. */
export interface Expected {
  /** The manifest; absent: there is nothing to compare with, and streams are only counted. */
  manifest?: Manifest;
  /** Its streams, where they stand in a file of their own. */
  streams?: () => AsyncIterable<ManifestStream>;
}

/**
 * Compares what was counted with a manifest.
 *
 * @param expected The manifest.
 * @param tally What was counted.
 * @param sha256 The hash of the bytes that were counted.
 * @param problems Where differences go, as of the kind `manifest`.
 * @returns How many streams and categories were counted.
 */
export async function compareWithManifest(
  { manifest, streams }: Expected,
  tally: Tally,
  sha256: string,
  problems: Problems,
): Promise<{ streams: number; categories: number }> {
  const differ = (what: string, said: unknown, is: unknown, stream?: string) =>
    problems.add({
      kind: "manifest",
      message: `the manifest says ${what} ${said}, the file has ${is}`,
      ...(stream === undefined ? {} : { stream }),
    });
  const compare = (what: string, said: unknown, is: unknown, stream?: string) => {
    if (said !== is) differ(what, said, is, stream);
  };
  if (manifest !== undefined) {
    compare("events:", manifest.events, tally.events);
    compare("bytes:", manifest.bytes, tally.bytes);
    compare("first global position:", manifest.first, tally.first);
    compare("last global position:", manifest.last, tally.last);
    compare("SHA-256:", manifest.sha256, sha256);
  }

  const counts = new Map<string, number>();
  let count = 0;
  const said = manifest === undefined ? undefined : saidStreams(manifest, streams);
  let next = await said?.next();
  const slice = new TimeSlice();
  for (const stream of tally.streams()) {
    count++;
    countStream(counts, stream.stream);
    if (slice.isOver) await slice.next();
    if (next === undefined) continue;
    if (next.done || next.value.stream !== stream.stream) {
      // Both are in one order, so all after the first that differs would differ as well.
      const other = next.done ? "none more" : JSON.stringify(next.value.stream);
      differ("stream", other, JSON.stringify(stream.stream), stream.stream);
      next = undefined;
      continue;
    }
    const name = `of ${JSON.stringify(stream.stream)}`;
    compare(`from ${name}:`, next.value.from, stream.from, stream.stream);
    compare(`to ${name}:`, next.value.to, stream.to, stream.stream);
    compare(`events ${name}:`, next.value.events, stream.events, stream.stream);
    next = await said!.next();
  }
  if (next !== undefined && !next.done) {
    differ("stream", JSON.stringify(next.value.stream), "none more", next.value.stream);
  }
  if (manifest !== undefined) {
    compareCategories(manifest.categories, tally.categories(counts), compare);
  }
  return { streams: count, categories: counts.size };
}

async function* saidStreams(
  manifest: Manifest,
  streams: Expected["streams"],
): AsyncGenerator<StreamTally> {
  if (Array.isArray(manifest.streams)) yield* manifest.streams;
  else if (streams !== undefined) yield* streams();
}

function compareCategories(
  said: readonly CategoryTally[],
  are: readonly CategoryTally[],
  compare: (what: string, said: unknown, is: unknown) => void,
): void {
  const names = (categories: readonly CategoryTally[]) =>
    categories.map(({ category }) => category).join(", ");
  compare("categories:", names(said), names(are));
  for (const [i, is] of are.entries()) {
    const other = said[i];
    if (other?.category !== is.category) return;
    for (const field of ["events", "streams", "first", "last"] as const) {
      compare(`${field} of the category ${JSON.stringify(is.category)}:`, other[field], is[field]);
    }
  }
}
