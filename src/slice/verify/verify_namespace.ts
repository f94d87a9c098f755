/**
 * Whether a namespace is what it should be: its events among themselves, and what it says and finds by its indexes
 * against those events.
 *
 * @module
 */

import { TimeSlice } from "../../tick.ts";
import { CategoryDigests } from "./category_digests.ts";
import { examine } from "./examine.ts";
import { countStream } from "../manifest/manifest.ts";
import { NamespaceCheck } from "./namespace_check.ts";
import type { NamespaceReader } from "../namespace_reader.ts";
import type { Verification } from "./verify.ts";

/** How to verify a namespace. */
export interface VerifyNamespaceOptions {
  /** Ends it. */
  signal?: AbortSignal;
  /** Called now and then with the events read so far. */
  onProgress?: (events: number, position: number) => void;
}

/** What was compared with a namespace's events. */
export type Compared = "info" | "categories" | "streams" | "category_index" | "stream_index";

/** What was found in a namespace. */
export interface NamespaceVerification extends Verification {
  /** What the server reports, and was compared with the events. */
  compared: Compared[];
  /** Whether events were written meanwhile, so that counts could only be compared from below. */
  isWritten: boolean;
}

/**
 * Verifies a namespace: its events, read by global position, are records of ascending positions, and none is there
 * twice; each stream and each category has the events that are found by its name; and the namespace's own counts are
 * theirs.
 *
 * @param namespace The namespace.
 * @param options A signal; a listener.
 * @returns What was found: what is said wrongly is of the kind `counter`.
 * @throws {EventoDBError} `INPUT_CHANGED` when the events were replaced meanwhile; whatever asking throws.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { EventoDBClient, namespaceReader, verifyNamespace } from "@eventodb/cli";
 * import { serve } from "@eventodb/cli/server";
 *
 * await using server = await serve({ port: 0, testMode: true });
 * const client = new EventoDBClient({ url: server.url });
 * await client.streamWrite("order-1", { type: "Placed", data: {} });
 *
 * const { ok, events } = await verifyNamespace(namespaceReader({ url: server.url }));
 * assertEquals([ok, events], [true, 1]);
 * ```
 */
export async function verifyNamespace(
  namespace: NamespaceReader,
  options: VerifyNamespaceOptions = {},
): Promise<NamespaceVerification> {
  const before = await namespace.info();
  // What is written from now on is not part of it.
  const slice = before === null ? {} : { to: before.globalPosition };
  const digests = new CategoryDigests();
  using examined = await examine(
    { ...options, open: () => namespace.events(slice) },
    (batch) => digests.addBatch(batch),
  );
  const { tally, problems, gaps, sha256 } = examined;
  const streams = new Map<string, number>();
  const timeSlice = new TimeSlice();
  for (const { stream } of tally.streams()) {
    countStream(streams, stream);
    if (timeSlice.isOver) await timeSlice.next();
  }
  const check = new NamespaceCheck(namespace, tally, streams, problems);
  if (before !== null) await check.info(before);
  const hasCategories = await check.categories();
  const hasStreams = await check.streams();
  await check.categoryIndex(digests);
  await check.streamIndex();
  const comparisons: [Compared, boolean][] = [
    ["info", before !== null],
    ["categories", hasCategories],
    ["streams", hasStreams],
    ["category_index", true],
    ["stream_index", true],
  ];
  return {
    ok: problems.total === 0,
    events: tally.events,
    bytes: tally.bytes,
    sha256,
    streams: [...streams.values()].reduce((sum, count) => sum + count, 0),
    categories: streams.size,
    first: tally.first,
    last: tally.last,
    gaps,
    counts: problems.counts,
    // Lines would be those of an export that was not kept.
    problems: problems.named.map(({ line: _, ...problem }) => problem),
    compared: comparisons.flatMap(([what, isReported]) => isReported ? [what] : []),
    isWritten: check.isWritten,
  };
}
