/**
 * Masking on the way from an export to its output: all events are masked and looked through before the
 * first of them goes on.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { EventoDBError } from "../../errors.ts";
import { residualsNamedMax } from "../limits.ts";
import { maskKeyFingerprint } from "../../mask/key/key_file.ts";
import { isValueLike } from "../../mask/looks.ts";
import { Masker } from "../../mask/masker.ts";
import {
  maskedBeforeText,
  type MaskReport,
  residualText,
  unusedTexts,
} from "../../mask/report/mask_report.ts";
import type { SpooledLines } from "../../mask/run/mask_spool.ts";
import type { MaskPolicy } from "../../mask/policy/policy.ts";
import type { Residual } from "../../mask/residual/residual_join.ts";
import { MaskRun, threadsProblem } from "../../mask/run/mask_run.ts";
import { LINE_END } from "../../record/line_end.ts";
import { LineHead } from "../../record/line_head.ts";
import type { ManifestMasking } from "../../slice/manifest/manifest.ts";
import { literalPattern, Pattern } from "../../slice/pattern.ts";
import type { Slice } from "../../slice/slice.ts";
import type { Tally } from "../../slice/manifest/tally.ts";
import { categoryOf } from "../../stream_name.ts";
import type { ExportChunk } from "../../transfer/export.ts";
import type { Arguments } from "../arguments.ts";
import { isStandardOutput, openOutput, type Output } from "../files/output.ts";
import { CommandError, UsageError } from "../problems.ts";
import type { Status } from "../terminal/progress.ts";
import { say } from "../terminal/terminal.ts";
import { givenMaskKey } from "./mask_key.ts";
import { withoutValues } from "./without_values.ts";
import { readPolicy } from "./policy_file.ts";

/** One masking on the command line. */
export class Masking implements AsyncDisposable {
  readonly #policy: MaskPolicy;
  readonly #key: Uint8Array;
  readonly #fingerprint: string;
  readonly #mask: MaskRun;
  #report: Output | undefined;
  readonly #allowResiduals: boolean;
  readonly #quiet: boolean;
  #done: MaskReport | undefined;
  #position = 0;
  #share: number | undefined;
  #checkMs = 0;

  private constructor(
    policy: MaskPolicy,
    key: Uint8Array,
    options: { allowResiduals: boolean; quiet: boolean },
  ) {
    this.#policy = policy;
    this.#key = key;
    this.#fingerprint = maskKeyFingerprint(key);
    this.#mask = new MaskRun(policy, key);
    this.#allowResiduals = options.allowResiduals;
    this.#quiet = options.quiet;
  }

  /**
   * Opens the masking that an export was asked for.
   *
   * @param path The file of the policy.
   * @throws {UsageError} The report goes where the events go.
   * @throws {CommandError} The policy or the key cannot be used, or the report cannot be written.
   */
  static async open(args: Arguments, path: string): Promise<Masking> {
    const report = args.text("report");
    const others = [args.text("output"), args.text("manifest")];
    if (report !== undefined && isStandardOutput(report) && others.some(goesToStandardOutput)) {
      throw new UsageError(
        `--report is the name of another input or output: ${report}`,
        "Give --report another name",
      );
    }
    const quiet = args.flag("quiet");
    const policy = await readPolicy(path);
    const key = await givenMaskKey(args, "mask-key-file", quiet);
    const masking = new Masking(policy, key, {
      allowResiduals: args.flag("allow-residuals"),
      quiet,
    });
    if (threadsProblem() === "no permission" && !quiet) say(noThreadsNote());
    if (report !== undefined) masking.#report = await openOutput(report);
    return masking;
  }

  /** How the events are masked, for the manifest. */
  get manifest(): ManifestMasking {
    return { policy: this.#policy.hash, key: this.#fingerprint };
  }

  /** How far it is. */
  get status(): Status & { isChecking: boolean } {
    const { counts: { events, bytes }, bytesChecked } = this.#mask;
    const isChecking = bytesChecked > 0;
    const share = isChecking ? bytesChecked / bytes : this.#share;
    return { events, position: this.#position, share, isChecking };
  }

  /**
   * Masks events.
   *
   * @param chunks The events.
   * @param name Where they come from, for messages.
   * @param share Returns how much of them has been read.
   * @param tally Counts each masked event.
   * @throws {EventoDBError} `MASK_FAILED`: a value is undecided or does not fit its rule.
   * @throws {CommandError} Masked values also occur elsewhere in the output.
   */
  async *masked(
    chunks: AsyncIterable<ExportChunk>,
    { name, share, tally, signal }: {
      name: string;
      share: () => number | undefined;
      tally: Tally | undefined;
      signal: AbortSignal;
    },
  ): AsyncGenerator<ExportChunk> {
    let categories: ReadonlySet<string> = new Set();
    try {
      for await (const chunk of chunks) {
        await this.#mask.add(chunk.bytes, chunk.events);
        categories = chunk.categories;
        this.#position = chunk.last;
        this.#share = share();
      }
      await this.#mask.settle();
    } catch (error) {
      const first = signal.aborted ? error : await this.#earlierProblem(error);
      throw named(withoutValues(first, `Cannot mask ${name}`), name);
    }
    const started = performance.now();
    const report = await this.#mask.check(signal).catch((error) => {
      throw named(error, name);
    });
    this.#checkMs = performance.now() - started;
    this.#done = report;
    await this.#writeReport(report);
    this.#judge(report);
    for await (const lines of this.#mask.lines()) yield chunkOf(lines, categories, tally);
  }

  /**
   * What was selected, with the names that streams have in the output.
   *
   * @param slice What was selected.
   * @returns The same with pseudonyms. A pattern that says something of an id is widened to the category.
   */
  selection(slice: Slice): Slice {
    const { streams, excludeStreams, relatedTo } = slice;
    return {
      ...slice,
      ...streams === undefined ? {} : { streams: this.#names(streams) },
      ...excludeStreams === undefined ? {} : { excludeStreams: this.#names(excludeStreams) },
      ...relatedTo === undefined ? {} : { relatedTo: this.#names(relatedTo) },
    };
  }

  /** What there is to say of it at the end, for scripts. */
  get result(): Record<string, unknown> {
    const { events, dropped } = this.#mask.counts;
    return {
      policy: this.#policy.hash,
      key: this.#fingerprint,
      masked: events,
      dropped,
      checkMs: Math.round(this.#checkMs),
      residuals: this.#done?.residuals ?? [],
    };
  }

  /** Events that the policy drops. */
  get dropped(): number {
    return this.#mask.counts.dropped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#mask[Symbol.asyncDispose]();
    await this.#report?.[Symbol.asyncDispose]();
  }

  /** What is wrong with lines that have been read comes before what went wrong after them. */
  async #earlierProblem(error: unknown): Promise<unknown> {
    try {
      await this.#mask.settle();
      return error;
    } catch (earlier) {
      return earlier;
    }
  }

  #names(patterns: readonly string[]): string[] {
    using masker = new Masker(this.#policy, this.#key);
    const names = patterns.map((text) => {
      const pattern = new Pattern(text);
      const { literal, prefix } = pattern;
      if (literal === undefined) return widened(prefix);
      try {
        const name = masker.streamName(literal);
        return name === undefined ? undefined : literalPattern(name);
      } catch (error) {
        // Such as a stream that was left out, of a category that the policy does not name.
        if (!(error instanceof EventoDBError)) throw error;
        return widened(literal);
      }
    });
    return [...new Set(names.filter((name) => name !== undefined))];
  }

  async #writeReport(report: MaskReport): Promise<void> {
    if (this.#report === undefined) return;
    const writer = this.#report.writable.getWriter();
    await writer.write(new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`));
    writer.releaseLock();
    await this.#report.complete();
  }

  /** Says what is left of masked values, and ends the command if that is too much. */
  #judge(report: MaskReport): void {
    const { events, dropped, masked, keptKeys, residuals } = report;
    const long = residuals.filter(({ isLong }) => isLong);
    const isRefused = long.length > 0 && !this.#allowResiduals;
    if (!this.#quiet) {
      const named = isRefused ? residuals.filter(({ isLong }) => !isLong) : residuals;
      for (const text of namedResiduals(named)) say(`Warning: ${text}`);
      if (events > 0 && dropped === 0 && masked.length === 0) {
        say(
          `Warning: ${this.#policy.name} has masked nothing: the output is the same as the input`,
        );
      }
      const before = maskedBeforeText(report);
      if (before !== undefined) say(`Warning: ${before}`);
      for (const place of keptKeys.slice(0, residualsNamedMax)) {
        say(`Warning: keys that look like values stay in ${place}: keys(…) masks them`);
      }
      // Where there is no event, nothing can match.
      const unused = events + dropped === 0 ? [] : unusedTexts(this.#policy.name, report);
      for (const { place } of unused.slice(0, residualsNamedMax)) {
        say(`Warning: ${place} matches nothing here: is it out of date?`);
      }
      const more = unused.length - residualsNamedMax;
      if (more > 0) {
        say(`Warning: ${more} more match nothing here: eventodb mask check names them`);
      }
    }
    if (!isRefused) return;
    const message = "Masked values are left in the output";
    throw new CommandError(message, [
      ...namedResiduals(long),
      "Give these places a rule too, or accept them by --allow-residuals",
    ], { cause: new EventoDBError("MASK_RESIDUALS", message, { details: { residuals } }) });
  }
}

/** From a checkout, the code of a thread is a file that has to be read. */
function noThreadsNote(): string {
  const path = fileURLToPath(new URL("../../", import.meta.url));
  return `Note: events are masked more slowly, by one thread, since others need --allow-read=${path}`;
}

/** The pattern of a category, for names that begin with a text. */
function widened(prefix: string): string {
  const category = categoryOf(prefix);
  return prefix === category || isValueLike(category) ? "*" : `${literalPattern(category)}-*`;
}

/** What a mask says of events, with the name of what they come from. */
function named(error: unknown, name: string): unknown {
  if (!(error instanceof EventoDBError) || error.code !== "MASK_FAILED") return error;
  const { line, details, cause } = error;
  const message = error.message.replace(/^Cannot mask (?:the events: )?/, `Cannot mask ${name}: `);
  return new EventoDBError("MASK_FAILED", message, {
    cause,
    ...line === undefined ? {} : { line },
    ...details === undefined ? {} : { details },
  });
}

/** The output does so without a name, the manifest only by one. */
function goesToStandardOutput(path: string | undefined, i: number): boolean {
  return path === undefined ? i === 0 : isStandardOutput(path);
}

/**
 * Words for masked values that also occur elsewhere; the first of many.
 *
 * @param residuals What was found.
 */
export function namedResiduals(residuals: readonly Residual[]): string[] {
  const texts = residuals.slice(0, residualsNamedMax).map(residualText);
  const more = residuals.length - texts.length;
  return more === 0 ? texts : [...texts, `… and ${more} more such places`];
}

function chunkOf(
  { bytes, events }: SpooledLines,
  categories: ReadonlySet<string>,
  tally: Tally | undefined,
): ExportChunk {
  const head = new LineHead();
  head.read(bytes, 0);
  const first = head.globalPosition;
  if (tally !== undefined) {
    for (let start = 0; start < bytes.length; start = head.end) {
      head.read(bytes, start);
      tally.addEvent(head);
    }
  } else head.read(bytes, bytes.lastIndexOf(LINE_END, -2) + 1);
  return { bytes, events, first, last: head.globalPosition, categories };
}
