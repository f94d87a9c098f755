/**
 * Masks lines in this thread, keeps them, and knows of them what has to be known when all have been masked.
 *
 * @module
 */

import { DistinctCount } from "../distinct_count.ts";
import {
  comparedStreamHashesMax,
  comparedStreamsMax,
  maskReportPlacesMax,
  partNumbersAtOnceMax,
  recentMaskedMax,
  recentTextCharsMax,
  residualHitsInMemoryMax,
  residualTextsInMemoryMax,
} from "../limits.ts";
import { Masker } from "../masker.ts";
import type { MaskObserver } from "../observer.ts";
import { textOf } from "../payload/json_bytes.ts";
import { MaskedOutput } from "../payload/masked_output.ts";
import { type MaskPolicy, rulesOf } from "../policy/policy.ts";
import { addressPseudonymChars, isAddressPseudonym } from "../pseudonyms/pseudonyms.ts";
import { RecentKeys, RecentValues } from "../recent_values.ts";
import { MaskTally, patternsOf } from "../report/mask_report.ts";
import type { FilterParts } from "../residual/filter_parts.ts";
import { shownType } from "../residual/place.ts";
import { ResidualScan } from "../residual/residual_scan.ts";
import { type AddedStreams, MergedStreams } from "../rules/merged_streams.ts";
import { hiddenStep } from "../shown_path.ts";
import { TimeSlice } from "../../tick.ts";
import type { FoundHits, LineChunk, MaskedCounts, MaskPart, PartReport } from "./mask_part.ts";
import { MaskSpool, type SpooledLines } from "./mask_spool.ts";

/** What all parts of one masking have in common. */
export interface PartOptions {
  policy: MaskPolicy;
  /** The secret. */
  key: Uint8Array;
  /** What texts and names are hashed with: three random numbers. */
  seeds: Int32Array;
  /** How many parts there are: the memory is for all of them. */
  parts: number;
}

/** A part in this thread. */
export class LocalPart implements MaskPart, Disposable {
  /** Called with the bytes that have been looked through. */
  onScanned: (bytes: number) => void = () => {};
  readonly #policy: MaskPolicy;
  readonly #masker: Masker;
  readonly #output = new MaskedOutput();
  readonly #scan: ResidualScan;
  readonly #tally: MaskTally;
  readonly #spool = new MaskSpool();
  readonly #keptKeys = new Set<string>();
  readonly #maskedBefore = new DistinctCount();
  readonly #end = new AbortController();
  #read: ReturnType<MaskSpool["reader"]> | undefined;

  /** @param observer Called with the values besides; where it takes what is undecided, the mask goes on. */
  constructor({ policy, key, seeds, parts }: PartOptions, observer: MaskObserver = {}) {
    this.#policy = policy;
    const share = (max: number) => Math.ceil(max / parts);
    const merged = new MergedStreams(
      seeds,
      share(comparedStreamsMax),
      share(comparedStreamHashesMax),
    );
    const scan = this.#scan = new ResidualScan(
      seeds,
      share(residualTextsInMemoryMax),
      share(residualHitsInMemoryMax),
    );
    const tally = this.#tally = new MaskTally(policy, (name) => scan.source(name));
    const recent = new RecentKeys(recentMaskedMax);
    const recentTexts = new RecentValues<true>(recentMaskedMax);
    const maskedBefore = this.#maskedBefore;
    this.#masker = new Masker(policy, key, {
      ...observer,
      onMasked(value) {
        const { plaintext } = value;
        // A name of a stream whose ids stay, or a text without a letter that could be scrambled.
        if (plaintext === value.replacement) return;
        const place = tally.add(value);
        recentTexts.of(place.source, plaintext, () => {
          place.different.add(plaintext);
          if (isAddressPseudonym(plaintext)) maskedBefore.add(plaintext);
          scan.masked(plaintext, place.source);
          return true;
        });
      },
      onMaskedAscii(value, bytes, start, end) {
        const { source, different } = tally.add(value);
        const length = end - start;
        if (length <= recentTextCharsMax && recent.add(source, bytes, start, end) >= 0) return;
        different.addAscii(bytes, start, end);
        if (length === addressPseudonymChars && isAddressPseudonym(textOf(bytes, start, end))) {
          maskedBefore.addAscii(bytes, start, end);
        }
        scan.maskedAscii(bytes, start, end, source);
      },
      onKeptKey: ({ type, section, path }) => {
        if (this.#keptKeys.size === maskReportPlacesMax) return;
        const shown = path.slice(1).replaceAll(hiddenStep, ".*");
        this.#keptKeys.add(`${shownType(type)} ${section}${shown}`);
      },
    }, merged);
  }

  mask({ number, firstLine, lines }: LineChunk): MaskedCounts {
    this.#scan.beginChunk(number);
    this.#masker.beginAt(firstLine);
    const masked = this.#masker.mask(lines, this.#output);
    this.#spool.add(masked);
    const { events, dropped, bytes } = masked;
    return { events, dropped, bytes: bytes.length };
  }

  nextStreams(): AddedStreams {
    return this.#masker.mergedStreams.next(partNumbersAtOnceMax);
  }

  report(): PartReport {
    const policy = this.#policy;
    const { matches, metPatterns } = this.#masker;
    return {
      places: this.#tally.parts,
      keptKeys: [...this.#keptKeys],
      maskedBefore: this.#maskedBefore.parts,
      usedRules: rulesOf(policy).map((rule) => matches.has(rule)),
      metPatterns: patternsOf(policy).map(({ pattern }) => metPatterns.has(pattern)),
      texts: this.#scan.size,
      sources: this.#scan.sources,
    };
  }

  addTo(filter: FilterParts): void {
    this.#scan.addTo(filter);
  }

  async scan(filter: FilterParts): Promise<void> {
    const slice = new TimeSlice();
    const read = this.#spool.reader();
    let memory: ArrayBuffer | undefined;
    for (let lines = read(memory); lines !== undefined; lines = read(memory)) {
      const { bytes, spans } = lines;
      memory = bytes.buffer;
      this.#scan.scan(filter, bytes, spans);
      this.onScanned(bytes.length);
      if (!slice.isOver) continue;
      await slice.next();
      this.#end.signal.throwIfAborted();
    }
  }

  nextHits(): FoundHits {
    return { hits: this.#scan.nextHits(partNumbersAtOnceMax), places: this.#scan.places };
  }

  textsWithHashes(firsts: Uint32Array): Uint32Array<ArrayBuffer> {
    return this.#scan.textsWithHashes(firsts);
  }

  read(memory?: ArrayBuffer): SpooledLines {
    this.#read ??= this.#spool.reader();
    const lines = this.#read(memory);
    if (lines === undefined) throw new Error("All masked lines have been read");
    return lines;
  }

  /** Ends what it is at, and takes the temporary files away. */
  [Symbol.dispose](): void {
    this.#end.abort();
    this.#masker[Symbol.dispose]();
    this.#scan[Symbol.dispose]();
    this.#spool[Symbol.dispose]();
  }
}
