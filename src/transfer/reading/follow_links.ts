/**
 * What is related in a source: by the links that it reports, or by reading it once.
 *
 * @module
 */

import { Packed, packedNumbers, type PackedRecords } from "../../record/packed_records.ts";
import type { Closure } from "../../slice/closure/closure.ts";
import type { LinkPath } from "../../slice/links/link_path.ts";
import type { LinkQuery, LinkSource } from "../../slice/links/link_source.ts";
import { ReadLinks } from "../../slice/links/read_links.ts";
import { resolveRelated, sliceOfClosure } from "../../slice/closure/related.ts";
import type { Slice } from "../../slice/slice.ts";
import { parseWindow } from "../../slice/window.ts";
import { AscendingOrder } from "./ascending_order.ts";

/** What can be read of a source, and what it may know of links. */
export interface LinkedSource {
  /** As `ExportSource.related`. */
  related?(slice: Slice, signal?: AbortSignal): Promise<Closure | undefined>;
  /** As `ExportSource.links`. */
  links?(query: LinkQuery, signal?: AbortSignal): Promise<LinkSource | undefined>;
  /** As `ExportSource.records`. */
  records?(signal?: AbortSignal, spare?: PackedRecords[]): AsyncIterable<PackedRecords>;
  /** As `ExportSource.read`. */
  read(
    bounds: { from: number; to?: number; signal?: AbortSignal },
  ): AsyncIterable<{ bytes: Uint8Array; last?: number }>;
}

/** A slice, and listeners. */
export interface FollowOptions extends Slice {
  /** Ends it. */
  signal?: AbortSignal;
  /** Called with the last global position looked at. */
  onLinksRead?: (globalPosition: number) => void;
}

/** A slice whose links have been followed. */
export interface FollowedSlice {
  /** The same events, by the names of their streams. */
  slice: Slice;
  /** The highest global position of them; `undefined` where the source reports none. */
  to: number | undefined;
  /** What is related, before the rest of the slice has narrowed it. */
  closure: Closure;
  /** The slice's patterns of streams that match nothing. */
  unmatched: string[];
}

/**
 * Follows the links of a slice in a source.
 *
 * @param options The slice.
 * @param to Highest global position, where it is known.
 * @returns The slice without links.
 * @throws {EventoDBError} As `closureOf`; what the source throws.
 */
export async function followLinks(
  source: LinkedSource,
  options: FollowOptions,
  to: number | undefined,
): Promise<FollowedSlice> {
  const { signal } = options;
  const found = to === undefined ? undefined : await source.related?.({ ...options, to }, signal);
  if (found !== undefined) return { ...sliceOfClosure(found, options), to };
  const query: LinkQuery = {
    to,
    ...parseWindow(options),
    paths: await parsedPaths(options.links),
  };
  const known = await source.links?.(query, signal);
  const read = known ?? new ReadLinks(query);
  await using links: LinkSource = read;
  const last = read instanceof ReadLinks && to !== 0
    ? await readLinks(read, source, to, options)
    : undefined;
  return { ...await resolveRelated(links, options, signal), to: to ?? last };
}

/** The parser is loaded where links are declared. */
async function parsedPaths(declared: readonly string[] = []): Promise<LinkPath[]> {
  if (declared.length === 0) return [];
  const { parseLinkPath } = await import("../../slice/links/parse_link_path.ts");
  return declared.map(parseLinkPath);
}

/** Reads all events up to a position. Resolves to the last one, where the source reports it. */
async function readLinks(
  links: ReadLinks,
  source: LinkedSource,
  to: number | undefined,
  { signal, onLinksRead }: FollowOptions,
): Promise<number | undefined> {
  let last: number | undefined;
  if (source.records !== undefined) {
    const spare: PackedRecords[] = [];
    for await (const batch of source.records(signal, spare)) {
      signal?.throwIfAborted();
      await links.addRecords(batch);
      last = batch.numbers[(batch.length - 1) * packedNumbers + Packed.globalPosition]!;
      onLinksRead?.(last);
      spare.push(batch);
    }
    return last;
  }
  const order = new AscendingOrder(0);
  // A store that was written in Go may begin at 0.
  for await (const lines of source.read({ from: 0, to, signal })) {
    signal?.throwIfAborted();
    await links.addLines(lines.bytes);
    if (lines.last === undefined) continue;
    // Between chunks it is enough to come to an end: what is exported is looked at event by event.
    order.next(lines.last);
    last = lines.last;
    onLinksRead?.(last);
  }
  return last;
}
