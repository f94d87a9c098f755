/**
 * What masks some of the lines of one masking, in this thread or in another.
 *
 * @module
 */

import type { DistinctParts } from "../distinct_count.ts";
import type { PlaceParts } from "../report/mask_report.ts";
import type { FilterParts } from "../residual/filter_parts.ts";
import type { AddedStreams } from "../rules/merged_streams.ts";
import type { SpooledLines } from "./mask_spool.ts";

/** Whole lines of a masking, each with its line end. */
export interface LineChunk {
  /** Their number among the chunks of the masking, from 0. */
  readonly number: number;
  /** The number of the first line, from 1. */
  readonly firstLine: number;
  /** The lines. */
  readonly lines: Uint8Array<ArrayBuffer>;
}

/** What has become of a chunk. */
export interface MaskedCounts {
  /** Events that were masked, the dropped ones left out. */
  readonly events: number;
  /** Events that were dropped. */
  readonly dropped: number;
  /** Bytes of the masked lines. */
  readonly bytes: number;
}

/** What a part has to say when all its lines have been masked. */
export interface PartReport {
  /** What was masked, by place. */
  readonly places: readonly PlaceParts[];
  /** Objects with keys that look like values and stay. */
  readonly keptKeys: readonly string[];
  /** How many different values were pseudonyms already. */
  readonly maskedBefore: DistinctParts;
  /** Of each rule of the policy, whether it has decided a value. */
  readonly usedRules: readonly boolean[];
  /** Of each pattern of types and categories, whether it has matched an event. */
  readonly metPatterns: readonly boolean[];
  /** How many masked texts are looked for, at most. */
  readonly texts: number;
  /** Where they were masked, by the numbers of the places. */
  readonly sources: readonly string[];
}

/** What was found in a part's lines: as `nextHits` of a scan gives it. */
export interface FoundHits {
  readonly hits: Uint32Array<ArrayBuffer>;
  /** The names of the places, by their numbers. */
  readonly places: readonly string[];
}

/**
 * Masks some of the lines, keeps them, and looks through them. What it is asked comes in the order of the methods;
 * those with `next` in their names and `read` are called until they have nothing more.
 */
export interface MaskPart {
  /**
   * Masks a chunk, after those with lower numbers that this part has.
   *
   * @throws {EventoDBError} `MASK_FAILED`: a value is undecided or does not fit its rule.
   */
  mask(chunk: LineChunk): MaybePromise<MaskedCounts>;
  /** The next streams whose names are compared with those of other parts; no record at the end. */
  nextStreams(): MaybePromise<AddedStreams>;
  /** What there is to say. */
  report(): MaybePromise<PartReport>;
  /** Adds the masked texts to a filter: one part after the other does so. */
  addTo(filter: FilterParts): MaybePromise<void>;
  /** Looks through the masked lines. */
  scan(filter: FilterParts): MaybePromise<void>;
  /** The next of what was found; no hit at the end. */
  nextHits(): MaybePromise<FoundHits>;
  /** Masked texts by their hashes, as `textsWithHashes` of a scan has them. */
  textsWithHashes(firsts: Uint32Array): MaybePromise<Uint32Array<ArrayBuffer>>;
  /**
   * The next chunk of masked lines: one for each that was masked.
   *
   * @param memory Where they may be put.
   */
  read(memory?: ArrayBuffer): MaybePromise<SpooledLines>;
}

type MaybePromise<T> = T | Promise<T>;
