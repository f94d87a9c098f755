/**
 * Puts together what scans have found: hits of one may be texts of another.
 *
 * @module
 */

import { residualHashesAtOnceMax, residualHitsInMemoryMax } from "../limits.ts";
import { HashedRecords, type RecordGroups, type RecordRun } from "./hashed_records.ts";
import { hitPlace, hitWords } from "./line_scan.ts";
import { chunkOfText, isLongText, textWords } from "./masked_texts.ts";
import { Names } from "./names.ts";

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

/** Texts of one scan: records, and the names of their sources by their numbers. */
export interface FoundTexts {
  readonly records: Uint32Array;
  readonly sources: readonly string[];
}

/** Joins hits with texts: first all hits are taken, then the texts for each batch of hashes. */
export class ResidualJoin implements Disposable {
  readonly #places = new Names();
  readonly #hits = new HashedRecords(hitWords, true, residualHitsInMemoryMax);
  #groups: RecordGroups | undefined;
  /** The hits of the batch, by the first number of their hashes. */
  #batch = new Map<number, Uint32Array>();
  readonly #pairs = new Map<string, Residual>();

  /**
   * Begins the hits of one scan.
   *
   * @returns Takes them, as `nextHits` of the scan gives them, and the names of its places.
   */
  hitsOfScan(): (hits: Uint32Array<ArrayBuffer>, places: readonly string[]) => void {
    let run: RecordRun | undefined;
    return (hits, places) => {
      for (let at = hitPlace; at < hits.length; at += hitWords) {
        hits[at] = this.#places.numberOf(places[hits[at]!]!);
      }
      run ??= this.#hits.newRun();
      run.add(hits);
    };
  }

  /**
   * Goes on to the next hits, once all have been taken.
   *
   * @returns The first numbers of their hashes, ascending, each once: texts with these are asked for. None at
   * the end.
   */
  nextHashes(): Uint32Array<ArrayBuffer> {
    this.#groups ??= this.#hits.groups();
    this.#batch = new Map();
    while (this.#batch.size < residualHashesAtOnceMax) {
      const hits = this.#groups.next();
      if (hits === undefined) break;
      this.#batch.set(hits[0]!, hits.slice());
    }
    return Uint32Array.from(this.#batch.keys());
  }

  /** Takes the texts with these hashes, of each scan. */
  join(scans: readonly FoundTexts[]): void {
    const matches = new Map<string, Match>();
    for (const texts of scans) this.#match(texts, matches);
    for (const { source, place, isLong, position } of matches.values()) {
      const key = `${isLong} ${place} ${source}`;
      const pair = this.#pairs.get(key);
      if (pair === undefined) {
        const foundIn = this.#places.nameOf(place);
        this.#pairs.set(key, { maskedIn: source, foundIn, values: 1, isLong, position });
      } else {
        pair.values++;
        pair.position = Math.min(pair.position, position);
      }
    }
  }

  /**
   * Says what was found.
   *
   * @returns One for each pair of places; the most values first, long ones before short ones.
   */
  residuals(): Residual[] {
    return [...this.#pairs.values()].sort((x, y) =>
      Number(y.isLong) - Number(x.isLong) || y.values - x.values || x.position - y.position ||
      compare(x.maskedIn, y.maskedIn) || compare(x.foundIn, y.foundIn)
    );
  }

  /** Takes the temporary file away. */
  [Symbol.dispose](): void {
    this.#hits[Symbol.dispose]();
  }

  /**
   * Adds each text with each place in which it was found. One text of several sources counts for that in which
   * it was masked first.
   */
  #match({ records, sources }: FoundTexts, matches: Map<string, Match>): void {
    // Of the same text in one chunk, that of the earliest source comes last.
    for (let t = records.length - textWords; t >= 0; t -= textWords) {
      const hits = this.#batch.get(records[t]!);
      if (hits === undefined) continue;
      const chunk = chunkOfText(records, t);
      for (let h = 0; h < hits.length; h += hitWords) {
        if (records[t + 1] !== hits[h + 1] || records[t + 2] !== hits[h + 2]) continue;
        const place = hits[h + hitPlace]!;
        const key = `${hits[h]} ${hits[h + 1]} ${hits[h + 2]} ${place}`;
        const position = hits[h + 4]! + hits[h + 5]! * 2 ** 32;
        const other = matches.get(key);
        if (other === undefined || chunk < other.chunk) {
          const source = sources[records[t + 3]!]!;
          const isLong = isLongText(records, t);
          const first = Math.min(position, other?.position ?? Infinity);
          matches.set(key, { source, place, isLong, position: first, chunk });
        } else other.position = Math.min(other.position, position);
      }
    }
  }
}

/** A text at a place. */
interface Match {
  source: string;
  place: number;
  isLong: boolean;
  position: number;
  /** Of the text: in which it was masked first. */
  chunk: number;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
