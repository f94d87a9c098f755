/**
 * One masking, from the first line to the report: nothing leaves before it has been looked through.
 *
 * @module
 */

import { maskReportPlacesMax, recentMaskedMax, recentTextCharsMax } from "./limits.ts";
import { TimeSlice } from "../tick.ts";
import { DistinctCount } from "./distinct_count.ts";
import { maskKeyFingerprint } from "./key/key_file.ts";
import { MaskSpool, type SpooledLines } from "./mask_spool.ts";
import { type MaskReport, MaskTally, unusedPatterns, unusedRules } from "./report/mask_report.ts";
import { MaskedOutput } from "./payload/masked_output.ts";
import { Masker } from "./masker.ts";
import type { MaskObserver } from "./observer.ts";
import type { MaskPolicy } from "./policy/policy.ts";
import { textOf } from "./payload/json_bytes.ts";
import { addressPseudonymChars, isAddressPseudonym } from "./pseudonyms/pseudonyms.ts";
import { RecentKeys, RecentValues } from "./recent_values.ts";
import { shownType } from "./residual/place.ts";
import { type Residual, ResidualScan } from "./residual/residual_scan.ts";
import { hiddenStep } from "./shown_path.ts";

/** Masks lines, keeps them, looks for what is left in the clear, and hands them on. */
export class MaskRun implements Disposable {
  /** Events that were masked, the dropped ones left out. */
  events = 0;
  /** Events that were dropped. */
  dropped = 0;
  /** Bytes that have been masked. */
  bytes = 0;
  /** Bytes of them that have been looked through. */
  bytesChecked = 0;
  /** The fingerprint of the key. */
  readonly fingerprint: string;
  readonly #masker: Masker;
  readonly #output = new MaskedOutput();
  readonly #scan = new ResidualScan();
  readonly #tally: MaskTally;
  readonly #spool = new MaskSpool();
  readonly #keptKeys = new Set<string>();
  readonly #maskedBefore = new DistinctCount();

  /**
   * @param key The secret.
   * @param observer Called with the values besides; where it takes what is undecided, the mask goes on.
   */
  constructor(policy: MaskPolicy, key: Uint8Array, observer: MaskObserver = {}) {
    const scan = this.#scan;
    const tally = this.#tally = new MaskTally(policy, (name) => scan.source(name));
    const recent = new RecentKeys(recentMaskedMax);
    const recentTexts = new RecentValues<true>(recentMaskedMax);
    const maskedBefore = this.#maskedBefore;
    this.fingerprint = maskKeyFingerprint(key);
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
    });
  }

  /**
   * Masks lines.
   *
   * @param lines Whole lines, each with its line end.
   * @throws {EventoDBError} `MASK_FAILED`: a value is undecided or does not fit its rule.
   */
  add(lines: Uint8Array<ArrayBuffer>): void {
    const masked = this.#masker.mask(lines, this.#output);
    this.events += masked.events;
    this.dropped += masked.dropped;
    this.bytes += masked.bytes.length;
    if (masked.bytes.length > 0) this.#spool.add(masked);
  }

  /**
   * Looks for masked values in what is left.
   *
   * @param signal Ends it.
   * @param visit Is shown the masked lines, and what the mask has written in them.
   * @returns What was found.
   */
  async residuals(
    signal?: AbortSignal,
    visit?: (bytes: Uint8Array, spans: Uint32Array) => void,
  ): Promise<Residual[]> {
    this.#masker.end();
    const slice = new TimeSlice();
    for (const { bytes, spans } of this.#spool.read()) {
      this.#scan.scan(bytes, spans);
      visit?.(bytes, spans);
      this.bytesChecked += bytes.length;
      if (!slice.isOver) continue;
      await slice.next();
      signal?.throwIfAborted();
    }
    return this.#scan.residuals();
  }

  /**
   * The same by a search of the caller's, such as one by several threads.
   *
   * @param search Looks through the masked lines.
   * @returns What was found.
   */
  async residualsBy(
    search: (scan: ResidualScan, lines: Iterable<SpooledLines>) => Promise<void>,
  ): Promise<Residual[]> {
    this.#masker.end();
    await search(this.#scan, this.#spool.read());
    return this.#scan.residuals();
  }

  /** The masked lines, in chunks. */
  lines(): Generator<SpooledLines> {
    return this.#spool.read();
  }

  /**
   * What was done.
   *
   * @param residuals What was found in what is left.
   * @returns The report.
   */
  report(residuals: Residual[]): MaskReport {
    const { policy } = this.#masker;
    return {
      policy: { name: policy.name, sha256: policy.hash, unknown: policy.unknown },
      key: this.fingerprint,
      events: this.events,
      dropped: this.dropped,
      masked: this.#tally.places(),
      unusedRules: unusedRules(policy, this.#masker.matches),
      unusedPatterns: unusedPatterns(policy, this.#masker.metPatterns),
      keptKeys: [...this.#keptKeys].sort(),
      maskedBefore: this.#maskedBefore.estimate,
      residuals,
    };
  }

  /** Takes the temporary files away. */
  [Symbol.dispose](): void {
    this.#masker[Symbol.dispose]();
    this.#scan[Symbol.dispose]();
    this.#spool[Symbol.dispose]();
  }
}
