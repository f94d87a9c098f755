/**
 * One masking, from the first line to the report: nothing leaves before it has been looked through. Few lines
 * are masked in this thread, more by others, each of which masks some of them. The result is the same.
 *
 * @module
 */

import { abortable } from "../../deps/abortable.ts";
import { DistinctCount } from "../distinct_count.ts";
import { maskKeyFingerprint } from "../key/key_file.ts";
import { maskReportPlacesMax, maskThreadsBytesMin, maskThreadsMax } from "../limits.ts";
import type { MaskObserver } from "../observer.ts";
import type { MaskPolicy } from "../policy/policy.ts";
import { joinPlaces, type MaskReport, unusedPatterns, unusedRules } from "../report/mask_report.ts";
import { emptyFilter } from "../residual/filter_parts.ts";
import { type Residual, ResidualJoin } from "../residual/residual_join.ts";
import { randomSeeds } from "../residual/text_hash.ts";
import { MergedStreams } from "../rules/merged_streams.ts";
import { mergedError } from "../rules/stream_masks.ts";
import { ChunkDealer } from "./chunk_dealer.ts";
import { LocalPart, type PartOptions } from "./local_part.ts";
import type { MaskedCounts, MaskPart, PartReport } from "./mask_part.ts";
import type { SpooledLines } from "./mask_spool.ts";
import { ThreadPart } from "./thread_part.ts";

/** Why there are no other threads, for people; `undefined` where there are. */
export function threadsProblem(): "one processor" | "no permission" | undefined {
  if (navigator.hardwareConcurrency < 2) return "one processor";
  const sources = new URL("../../", import.meta.url);
  // Of a published package, the code of a worker is not a file.
  if (sources.protocol !== "file:") return undefined;
  const { state } = Deno.permissions.querySync({ name: "read", path: sources });
  return state === "granted" ? undefined : "no permission";
}

/** How a masking is done. */
export interface MaskRunOptions {
  /**
   * Called with the values; where it takes what is undecided, the mask goes on. Absent: lines may be masked by
   * other threads.
   */
  observer?: MaskObserver;
  /** Bytes of lines from which on other threads mask them. */
  threadsBytesMin?: number;
}

/** Masks lines, keeps them, looks for what is left in the clear, and hands them on. */
export class MaskRun implements AsyncDisposable {
  /** How much has been masked so far. */
  counts: MaskedCounts = { events: 0, dropped: 0, bytes: 0 };
  /** Bytes of it that have been looked through. */
  bytesChecked = 0;
  readonly #policy: MaskPolicy;
  readonly #key: Uint8Array;
  readonly #seeds = randomSeeds();
  readonly #observer: MaskObserver | undefined;
  readonly #isLocal: boolean;
  readonly #threadsBytesMin: number;
  /** Lines that wait until there are enough of them for other threads. */
  readonly #held: { lines: Uint8Array<ArrayBuffer>; count: number }[] = [];
  #heldBytes = 0;
  /** The only part, where there are no threads. */
  #local: LocalPart | undefined;
  #chunks = 0;
  #line = 1;
  #threads: ThreadPart[] = [];
  #dealer: ChunkDealer | undefined;

  /** @param key The secret. */
  constructor(policy: MaskPolicy, key: Uint8Array, options: MaskRunOptions = {}) {
    const { observer, threadsBytesMin = maskThreadsBytesMin } = options;
    this.#policy = policy;
    this.#key = key;
    this.#observer = observer;
    this.#isLocal = observer !== undefined || threadsProblem() !== undefined;
    this.#threadsBytesMin = threadsBytesMin;
  }

  /** Whether other threads are at work. */
  get isThreaded(): boolean {
    return this.#threads.length > 0;
  }

  /**
   * Masks lines.
   *
   * @param lines Whole lines, each with its line end.
   * @param count How many they are.
   * @throws {EventoDBError} `MASK_FAILED`: a value is undecided or does not fit its rule. It may be one of
   * earlier lines.
   */
  async add(lines: Uint8Array<ArrayBuffer>, count: number): Promise<void> {
    if (this.#dealer !== undefined) return await this.#dealer.add(lines, count);
    if (this.#isLocal) return this.#maskHere(lines, count);
    this.#held.push({ lines, count });
    this.#heldBytes += lines.length;
    if (this.#heldBytes < this.#threadsBytesMin) return;
    this.#dealer = this.#startThreads();
    for (const { lines, count } of this.#held.splice(0)) await this.#dealer.add(lines, count);
  }

  /**
   * Masks what still waits.
   *
   * @throws {EventoDBError} As {@linkcode add}.
   */
  async settle(): Promise<void> {
    for (const { lines, count } of this.#held.splice(0)) this.#maskHere(lines, count);
    await this.#dealer?.settle();
  }

  /**
   * Looks for masked values in what is left, once all lines have been added.
   *
   * @param signal Ends it.
   * @returns What was done.
   * @throws {EventoDBError} `MASK_FAILED`: two streams would become one; and as {@linkcode add}.
   */
  async check(signal: AbortSignal): Promise<MaskReport> {
    await this.settle();
    return await abortable(this.#check(), signal);
  }

  /** The masked lines, in chunks, once they have been looked through. */
  async *lines(): AsyncGenerator<SpooledLines> {
    const all = this.#dealer?.lines() ?? this.#localLines();
    for await (const lines of all) if (lines.bytes.length > 0) yield lines;
  }

  /** Ends the threads, and takes temporary files away. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#local?.[Symbol.dispose]();
    await Promise.all(this.#threads.map((thread) => thread[Symbol.asyncDispose]()));
  }

  get #parts(): readonly MaskPart[] {
    return this.#local === undefined ? this.#threads : [this.#local];
  }

  #startThreads(): ChunkDealer {
    const options = this.#partOptions(Math.min(maskThreadsMax, navigator.hardwareConcurrency));
    this.#threads = Array.from(
      { length: options.parts },
      () => new ThreadPart(options, this.#onScanned),
    );
    return new ChunkDealer(this.#threads, this.#onMasked);
  }

  #partOptions(parts: number): PartOptions {
    return { policy: this.#policy, key: this.#key, seeds: this.#seeds, parts };
  }

  readonly #onMasked = ({ events, dropped, bytes }: MaskedCounts) => {
    const { counts } = this;
    this.counts = {
      events: counts.events + events,
      dropped: counts.dropped + dropped,
      bytes: counts.bytes + bytes,
    };
  };

  readonly #onScanned = (bytes: number) => {
    this.bytesChecked += bytes;
  };

  #maskHere(lines: Uint8Array<ArrayBuffer>, count: number): void {
    if (this.#local === undefined) {
      this.#local = new LocalPart(this.#partOptions(1), this.#observer);
      this.#local.onScanned = this.#onScanned;
    }
    this.#onMasked(
      this.#local.mask({ number: this.#chunks++, firstLine: this.#line, lines }),
    );
    this.#line += count;
  }

  *#localLines(): Generator<SpooledLines> {
    for (let i = 0; i < this.#chunks; i++) yield this.#local!.read();
  }

  async #check(): Promise<MaskReport> {
    const policy = this.#policy;
    await this.#compareStreams();
    const reports = await Promise.all(this.#parts.map((part) => part.report()));
    const residuals = await this.#residuals(reports);
    const maskedBefore = new DistinctCount();
    for (const report of reports) maskedBefore.addAll(report.maskedBefore);
    const keptKeys = [...new Set(reports.flatMap(({ keptKeys }) => keptKeys))].sort();
    const { events, dropped } = this.counts;
    return {
      policy: { name: policy.name, sha256: policy.hash, unknown: policy.unknown },
      key: maskKeyFingerprint(this.#key),
      events,
      dropped,
      masked: joinPlaces(reports.flatMap(({ places }) => places)),
      unusedRules: unusedRules(policy, anyOf(reports.map(({ usedRules }) => usedRules))),
      unusedPatterns: unusedPatterns(policy, anyOf(reports.map(({ metPatterns }) => metPatterns))),
      keptKeys: keptKeys.slice(0, maskReportPlacesMax),
      maskedBefore: maskedBefore.estimate,
      residuals,
    };
  }

  async #compareStreams(): Promise<void> {
    using streams = new MergedStreams(this.#seeds);
    for (const part of this.#parts) {
      const take = streams.streamsOfOthers();
      for (;;) {
        const added = await part.nextStreams();
        if (added.records.length === 0) break;
        take(added);
      }
    }
    const category = streams.find();
    if (category !== undefined) throw mergedError(category);
  }

  async #residuals(reports: readonly PartReport[]): Promise<Residual[]> {
    const parts = this.#parts;
    const texts = reports.reduce((sum, { texts }) => sum + texts, 0);
    const filter = emptyFilter(texts, this.#seeds);
    for (const part of parts) await part.addTo(filter);
    await Promise.all(parts.map((part) => part.scan(filter)));
    using join = new ResidualJoin();
    for (const part of parts) {
      const take = join.hitsOfScan();
      for (;;) {
        const { hits, places } = await part.nextHits();
        if (hits.length === 0) break;
        take(hits, places);
      }
    }
    for (;;) {
      const hashes = join.nextHashes();
      if (hashes.length === 0) return join.residuals();
      const found = await Promise.all(parts.map((part) => part.textsWithHashes(hashes)));
      join.join(found.map((records, i) => ({ records, sources: reports[i]!.sources })));
    }
  }
}

/** Of several lists of the same length, whether one has `true` at each index. */
function anyOf(lists: readonly (readonly boolean[])[]): boolean[] {
  return (lists[0] ?? []).map((_, i) => lists.some((list) => list[i]));
}
