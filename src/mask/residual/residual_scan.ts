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
 * @module
 */

import { residualHitsInMemoryMax, residualTextsInMemoryMax } from "../limits.ts";
import { type FilterParts, longCharsMin } from "./filter_parts.ts";
import type { RecordRun } from "./hashed_records.ts";
import { LineScan } from "./line_scan.ts";
import { MaskedTexts } from "./masked_texts.ts";

/** Masked values that also occur somewhere else. */
export interface Residual {
  /** Where they were masked: `CustomerRegistered data.email`. */
  maskedIn: string;
  /** Where they occur: `NoteAdded data.text`. */
  foundIn: string;
  /** How many different values. */
  values: number;
  /** Whether they have 8 characters or more; shorter ones may be there by chance. */
  isLong: boolean;
  /** Global position of the first event in which one was found. */
  position: number;
}

/** Looks for masked values: first all of them are added, then all lines are looked through. */
export class ResidualScan implements Disposable {
  readonly #texts: MaskedTexts;
  readonly #hitsInMemoryMax: number;
  #filter: FilterParts | undefined;
  #lines: LineScan | undefined;

  /**
   * @param textsInMemoryMax Most texts of which the hashes are kept in memory.
   * @param hitsInMemoryMax The same of what was found.
   */
  constructor(
    textsInMemoryMax: number = residualTextsInMemoryMax,
    hitsInMemoryMax: number = residualHitsInMemoryMax,
  ) {
    this.#texts = new MaskedTexts(textsInMemoryMax);
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

  /** What other threads need to look through some of the lines, once all texts have been added. */
  get filter(): FilterParts {
    return this.#filter ??= this.#texts.filter();
  }

  /**
   * Looks through lines of the output.
   *
   * @param bytes The lines, each with its line end, ascending by global position over all calls.
   * @param spans What the mask has written: the start and the end of each span in the bytes, ascending.
   */
  scan(bytes: Uint8Array, spans: ArrayLike<number>): void {
    this.#ownLines.scan(bytes, spans);
  }

  /**
   * Takes over what another thread has found.
   *
   * @param places Its places, by their numbers.
   * @returns Takes its hits, in the order in which {@linkcode HashedRecords.groups} has them.
   */
  foundElsewhere(places: readonly string[]): (hits: Uint32Array<ArrayBuffer>) => void {
    const lines = this.#ownLines;
    let run: RecordRun | undefined;
    return (hits) => {
      for (let at = 0; at < hits.length; at += hitWords) {
        hits[at + hitPlace] = lines.places.names.numberOf(places[hits[at + hitPlace]!]!);
      }
      run ??= lines.hits.newRun();
      run.add(hits);
    };
  }

  /**
   * Says what was found, once all lines have been looked through.
   *
   * @returns One for each pair of places; the most values first, long ones before short ones.
   */
  residuals(): Residual[] {
    const lines = this.#lines;
    if (lines === undefined) return [];
    const pairs = new Map<string, Residual>();
    for (const { text, place, position } of this.#matches(lines)) {
      const isLong = text[4]! >= longCharsMin;
      const key = `${text[3]} ${place} ${isLong}`;
      const pair = pairs.get(key);
      if (pair === undefined) {
        const [maskedIn, foundIn] = [
          this.#texts.sources.nameOf(text[3]!),
          lines.places.names.nameOf(place),
        ];
        pairs.set(key, { maskedIn, foundIn, values: 1, isLong, position });
      } else {
        pair.values++;
        pair.position = Math.min(pair.position, position);
      }
    }
    return [...pairs.values()].sort((x, y) =>
      Number(y.isLong) - Number(x.isLong) || y.values - x.values || x.position - y.position ||
      compare(x.maskedIn, y.maskedIn) || compare(x.foundIn, y.foundIn)
    );
  }

  /** Takes the temporary files away. */
  [Symbol.dispose](): void {
    this.#texts[Symbol.dispose]();
    this.#lines?.[Symbol.dispose]();
  }

  get #ownLines(): LineScan {
    return this.#lines ??= new LineScan(this.filter, this.#hitsInMemoryMax);
  }

  /** Each text with each place in which it was found. */
  *#matches(lines: LineScan): Generator<{ text: Uint32Array; place: number; position: number }> {
    const found = lines.hits.groups();
    let hits = found.next();
    if (hits === undefined) return;
    const masked = this.#texts.groups();
    let texts = masked.next(hits[0]!);
    for (; hits !== undefined && texts !== undefined; hits = found.next()) {
      if (texts[0]! < hits[0]!) texts = masked.next(hits[0]!);
      if (texts !== undefined && texts[0] === hits[0]) yield* matchesIn(texts, hits);
    }
  }
}

/**
 * Joins records whose hashes begin with the same number. One text of several sources counts for that in which it
 * was masked first, whether it was put on the disk or not.
 */
function* matchesIn(
  texts: Uint32Array,
  hits: Uint32Array,
): Generator<{ text: Uint32Array; place: number; position: number }> {
  const found = new Map<string, { text: Uint32Array; place: number; position: number }>();
  // Of the same text, that of the earliest source comes last.
  for (let t = texts.length - 6; t >= 0; t -= 6) {
    for (let h = 0; h < hits.length; h += 6) {
      if (texts[t + 1] !== hits[h + 1] || texts[t + 2] !== hits[h + 2]) continue;
      const key = `${hits[h + 1]} ${hits[h + 2]} ${hits[h + 3]}`;
      const position = hits[h + 4]! + hits[h + 5]! * 2 ** 32;
      const earlier = found.get(key);
      if (earlier === undefined) {
        found.set(key, { text: texts.slice(t, t + 6), place: hits[h + 3]!, position });
      } else earlier.position = Math.min(earlier.position, position);
    }
  }
  yield* found.values();
}

/** Numbers of a hit, and which of them is the place. */
const hitWords = 6;
const hitPlace = 3;

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
