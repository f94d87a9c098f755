/**
 * A file of events held against a namespace: whether what is in the file is there, whether the file has all that it
 * is to have, and whether the next write will come after it.
 *
 * @module
 */

import type { StreamSummary } from "../../listings.ts";
import { streamsLimitMax } from "../../limits.ts";
import {
  nextWriteRequestsMax,
  nextWriteStreamsMax,
  streamCategoriesMax,
  verifyStreamsNamedMax,
} from "../limits.ts";
import { keyOfName } from "../../record/line_head.ts";
import { categoryOf } from "../../stream_name.ts";
import { TimeSlice } from "../../tick.ts";
import { compareLines } from "./compare_lines.ts";
import type { NamespaceReader } from "../namespace_reader.ts";
import type { Problems } from "./problems.ts";
import type { Slice } from "../slice.ts";
import type { StreamTally } from "../manifest/stream_table.ts";
import type { Tally } from "../manifest/tally.ts";

/** What a file is held against. */
export interface Against {
  /** The namespace. */
  namespace: NamespaceReader;
  /**
   * What the file is to have: then none of these events may be missing from it. Absent: the file may be any part
   * of what is there.
   */
  slice?: Slice;
  /** Called now and then with the events compared so far. */
  onProgress?: (events: number, position: number) => void;
}

/**
 * Compares the events of a file with those of a namespace.
 *
 * @param open Opens the file.
 * @param against The namespace, and which of its events.
 * @param problems Where differences go.
 * @param signal Ends it.
 */
export async function compareWithNamespace(
  open: () => ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>,
  { namespace, slice = {}, onProgress }: Against,
  options: { complete: boolean; problems: Problems; signal?: AbortSignal },
): Promise<void> {
  const store = await namespace.events(slice);
  let file: ReadableStream<Uint8Array>;
  try {
    file = await open();
  } catch (error) {
    await store.cancel().catch(() => {});
    throw error;
  }
  await compareLines(file, store, { ...options, onProgress });
}

/**
 * The events among which those of a file have to be: as few as its own streams, categories and positions need.
 *
 * @param tally What was counted of the file.
 * @returns The slice; `undefined` for a file without events.
 */
export async function sliceAround(tally: Tally): Promise<Slice | undefined> {
  const { first, last } = tally;
  if (first === null || last === null) return undefined;
  const streams: string[] = [];
  const categories = new Set<string>();
  const timeSlice = new TimeSlice();
  for (const { stream } of tally.streams()) {
    if (streams.length <= verifyStreamsNamedMax) streams.push(stream);
    if (categories.size <= streamCategoriesMax) categories.add(categoryOf(stream));
    else if (streams.length > verifyStreamsNamedMax) break;
    if (timeSlice.isOver) await timeSlice.next();
  }
  // A file that is out of order ends anywhere.
  const bounds = { from: tally.lowest, to: tally.highest };
  if (streams.length <= verifyStreamsNamedMax) {
    return { ...bounds, streams: streams.map((name) => name.replace(/[\\*]/g, "\\$&")) };
  }
  return categories.size <= streamCategoriesMax
    ? { ...bounds, categories: [...categories] }
    : bounds;
}

/**
 * Looks whether the next write will come after the events of a file, in the namespace and in each stream.
 *
 * @param namespace The namespace.
 * @param tally What was counted of the file.
 * @param problems Where what is wrong goes, as of the kind `next_write`.
 */
export async function checkNextWrite(
  namespace: NamespaceReader,
  tally: Tally,
  problems: Problems,
): Promise<void> {
  if (tally.events === 0) return;
  const info = await namespace.info();
  if (info !== null && info.globalPosition < tally.highest) {
    problems.add({
      kind: "next_write",
      message:
        `the next write would get global position ${
          info.globalPosition + 1
        }, and the file goes up to ` +
        `${tally.highest}`,
      position: tally.highest,
    });
  }
  for await (const [{ stream, to }, version] of withVersions(namespace, tally)) {
    if (version !== null && version >= to) continue;
    problems.add({
      kind: "next_write",
      message:
        `the next event of ${JSON.stringify(stream)} would get position ${
          (version ?? -1) + 1
        }, and the ` +
        `file has it up to ${to}`,
      stream,
    });
  }
}

/** Each stream of a file with the version that the namespace reports. */
async function* withVersions(
  namespace: NamespaceReader,
  tally: Tally,
): AsyncGenerator<[StreamTally, number | null]> {
  let count = 0;
  for (const _ of tally.streams()) if (++count > nextWriteStreamsMax) break;
  const versions = count <= nextWriteStreamsMax ? undefined : new Listing(namespace);
  let asked: StreamTally[] = [];
  const ask = async function* () {
    const found = await Promise.all(asked.map(({ stream }) => namespace.streamVersion(stream)));
    for (const [i, each] of asked.entries()) {
      yield [each, found[i] ?? null] as [StreamTally, number | null];
    }
    asked = [];
  };
  const slice = new TimeSlice();
  for (const each of tally.streams()) {
    if (slice.isOver) await slice.next();
    const listed = await versions?.find(each.stream);
    if (listed !== undefined) yield [each, listed];
    else {
      asked.push(each);
      if (asked.length === nextWriteRequestsMax) yield* ask();
    }
  }
  yield* ask();
}

/** The listing of a namespace's streams, read on as names are looked for in it. */
class Listing {
  readonly #namespace: NamespaceReader;
  #page: StreamSummary[] = [];
  #at = 0;
  #cursor = "";
  /** Whether there are no more pages, or none at all. */
  #isOver = false;
  #isListed = true;

  constructor(namespace: NamespaceReader) {
    this.#namespace = namespace;
  }

  /** A stream's version, by names in byte order; `undefined` where the server lists none. */
  async find(stream: string): Promise<number | null | undefined> {
    const key = keyOfName(stream);
    while (this.#isListed) {
      while (this.#at < this.#page.length) {
        const listed = this.#page[this.#at]!;
        const other = keyOfName(listed.stream);
        if (other > key) return null;
        this.#at++;
        if (other === key) return listed.version;
      }
      if (this.#isOver) return null;
      await this.#next(stream);
    }
    return undefined;
  }

  async #next(wanted: string): Promise<void> {
    const before = nameBefore(wanted);
    // What lies between is of no interest, and may be millions of names.
    const cursor = keyOfName(before) > keyOfName(this.#cursor) ? before : this.#cursor;
    const query = { prefix: "", cursor, limit: streamsLimitMax };
    const page = await this.#namespace.streams(query);
    this.#isListed = page !== null;
    this.#page = page ?? [];
    this.#at = 0;
    this.#isOver = this.#page.length === 0;
    this.#cursor = this.#page.at(-1)?.stream ?? "";
  }
}

/** A name that is just before another one in byte order, so that a listing after it begins near that. */
function nameBefore(name: string): string {
  return [...name].slice(0, -1).join("");
}
