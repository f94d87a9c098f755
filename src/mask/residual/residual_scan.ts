/**
 * Looks for what was masked in what is left: a person's e-mail address that was masked in one field may
 * stand in the free text of another.
 *
 * All texts that were replaced are known only when the last event has been masked, so the events are gone
 * through again after that. What is kept of a text is a keyed hash: in memory while there are few, on the
 * disk beyond that. The second time every fourth position in the values is looked at: where one of the first
 * pieces of a text stands there, the lengths that occur with its beginning are hashed around it, and what may
 * be one of them is put aside. At the end
 * both lists, sorted by hash, are gone through side by side. So it takes time in proportion to the events,
 * and memory within a bound, however many texts there are.
 *
 * Several scans may do it together, each with some of the lines: all of them add their texts to one filter,
 * each looks through its own lines, and a {@linkcode ResidualJoin} puts together what they have found.
 *
 * @module
 */

import { residualHitsInMemoryMax, residualTextsInMemoryMax } from "../limits.ts";
import type { FilterParts } from "./filter_parts.ts";
import type { RecordGroups } from "./hashed_records.ts";
import { LineScan } from "./line_scan.ts";
import { MaskedTexts } from "./masked_texts.ts";

/** Looks for masked values in some lines: first all of them are added, then the lines are looked through. */
export class ResidualScan implements Disposable {
  readonly #texts: MaskedTexts;
  readonly #hitsInMemoryMax: number;
  #lines: LineScan | undefined;
  #hits: RecordGroups | undefined;

  /**
   * @param seeds What texts are hashed with: the same three random numbers in all scans of one masking.
   * @param textsInMemoryMax Most texts of which the hashes are kept in memory.
   * @param hitsInMemoryMax The same of what was found.
   */
  constructor(
    seeds: Int32Array,
    textsInMemoryMax: number = residualTextsInMemoryMax,
    hitsInMemoryMax: number = residualHitsInMemoryMax,
  ) {
    this.#texts = new MaskedTexts(seeds, textsInMemoryMax);
    this.#hitsInMemoryMax = hitsInMemoryMax;
  }

  /**
   * Numbers a place in which texts are replaced.
   *
   * @param name Its name: a type and a path.
   */
  source(name: string): number {
    return this.#texts.sources.numberOf(name);
  }

  /** The names of those places, by their numbers. */
  get sources(): readonly string[] {
    return this.#texts.sources.all;
  }

  /** Says of which chunk the texts are that come next, as {@linkcode MaskedTexts.beginChunk} takes it. */
  beginChunk(chunk: number): void {
    this.#texts.beginChunk(chunk);
  }

  /**
   * Adds a text that was replaced.
   *
   * @param text The text, or a number as it was written.
   * @param source Where it stood: a number of {@linkcode source}.
   */
  masked(text: string, source: number): void {
    this.#texts.add(text, source);
  }

  /**
   * Adds a text of ASCII that was replaced.
   *
   * @param bytes What holds it.
   * @param start Index of its first byte.
   * @param end Index after its last one.
   * @param source As {@linkcode masked} takes it.
   */
  maskedAscii(bytes: Uint8Array, start: number, end: number, source: number): void {
    this.#texts.addAscii(bytes, start, end, source);
  }

  /** How many texts there are at most. */
  get size(): number {
    return this.#texts.size;
  }

  /** Adds all texts to a filter. */
  addTo(filter: FilterParts): void {
    this.#texts.addTo(filter);
  }

  /**
   * Looks through lines of the output.
   *
   * @param filter What all scans have added their texts to: the same in all calls.
   * @param bytes The lines, each with its line end, ascending by global position over all calls.
   * @param spans What the mask has written: the start and the end of each span in the bytes, ascending.
   */
  scan(filter: FilterParts, bytes: Uint8Array, spans: ArrayLike<number>): void {
    this.#lines ??= new LineScan(filter, this.#hitsInMemoryMax);
    this.#lines.scan(bytes, spans);
  }

  /** The names of the places in which texts were found, by their numbers. */
  get places(): readonly string[] {
    return this.#lines?.places.names.all ?? [];
  }

  /**
   * The next of what was found, once all lines have been looked through.
   *
   * @param max Most numbers of them, more or less.
   * @returns Records of `hitWords` numbers each, ascending by the first of each over all calls; none at the end.
   */
  nextHits(max: number): Uint32Array<ArrayBuffer> {
    this.#hits ??= this.#lines?.hits.groups();
    return this.#hits?.take(max) ?? new Uint32Array(0);
  }

  /** Finds texts by their hashes, as {@linkcode MaskedTexts.withHashes} does. */
  textsWithHashes(firsts: Uint32Array): Uint32Array<ArrayBuffer> {
    return this.#texts.withHashes(firsts);
  }

  /** Takes the temporary files away. */
  [Symbol.dispose](): void {
    this.#texts[Symbol.dispose]();
    this.#lines?.[Symbol.dispose]();
  }
}
