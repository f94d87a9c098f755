/**
 * One masking, from the first line to the report: nothing leaves before it has been looked through. Few lines
 * are masked in this thread, more by others. The result is the same.
 *
 * @module
 */

import { abortable } from "../../deps/abortable.ts";
import { maskThreadsBytesMin } from "../limits.ts";
import type { MaskReport } from "../report/mask_report.ts";
import { MaskRun } from "../mask_run.ts";
import type { SpooledLines } from "../mask_spool.ts";
import type { MaskPolicy } from "../policy/policy.ts";
import type { MaskedCounts } from "./mask_worker.ts";
import { MaskThread } from "./mask_thread.ts";

/** Why there are no other threads, for people; `undefined` where there are. */
export function threadsProblem(): "one processor" | "no permission" | undefined {
  if (navigator.hardwareConcurrency < 2) return "one processor";
  const sources = new URL("../../", import.meta.url);
  // Of a published package, the code of a worker is not a file.
  if (sources.protocol !== "file:") return undefined;
  const { state } = Deno.permissions.querySync({ name: "read", path: sources });
  return state === "granted" ? undefined : "no permission";
}

/** Masks lines, keeps them, looks for what is left in the clear, and hands them on. */
export class WholeMask implements AsyncDisposable {
  readonly #policy: MaskPolicy;
  readonly #key: Uint8Array;
  readonly #bytesMin: number;
  /** Lines that wait until there are enough of them for other threads. */
  readonly #held: Uint8Array<ArrayBuffer>[] = [];
  #heldBytes = 0;
  #run: MaskRun | undefined;
  #thread: MaskThread | undefined;

  /**
   * @param key The secret.
   * @param bytesMin Bytes of lines from which on other threads mask them.
   */
  constructor(policy: MaskPolicy, key: Uint8Array, bytesMin: number = maskThreadsBytesMin) {
    this.#policy = policy;
    this.#key = key;
    this.#bytesMin = threadsProblem() === undefined ? bytesMin : Infinity;
  }

  /** How much has been masked so far. */
  get counts(): MaskedCounts {
    return this.#thread?.counts ?? this.#run ?? { events: 0, dropped: 0, bytes: 0 };
  }

  /** Bytes of it that have been looked through. */
  get bytesChecked(): number {
    return this.#thread?.bytesChecked ?? this.#run?.bytesChecked ?? 0;
  }

  /** Whether other threads are at work. */
  get isThreaded(): boolean {
    return this.#thread !== undefined;
  }

  /**
   * Masks lines.
   *
   * @param lines Whole lines, each with its line end.
   * @throws {EventoDBError} `MASK_FAILED`: a value is undecided or does not fit its rule. It may be one of
   * earlier lines.
   */
  async add(lines: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#thread !== undefined) return await this.#thread.add(lines);
    if (this.#bytesMin === Infinity) return this.#ownRun.add(lines);
    this.#held.push(lines);
    this.#heldBytes += lines.length;
    if (this.#heldBytes < this.#bytesMin) return;
    this.#thread = new MaskThread(this.#policy, this.#key);
    for (const held of this.#held.splice(0)) await this.#thread.add(held);
  }

  /**
   * Masks what still waits.
   *
   * @throws {EventoDBError} As {@linkcode add}.
   */
  async settle(): Promise<void> {
    if (this.#thread !== undefined) return await this.#thread.settle();
    for (const held of this.#held.splice(0)) this.#ownRun.add(held);
  }

  /**
   * Looks for masked values in what is left, once all lines have been added.
   *
   * @param signal Ends it.
   * @returns What was done.
   */
  async check(signal: AbortSignal): Promise<MaskReport> {
    await this.settle();
    if (this.#thread !== undefined) return await abortable(this.#thread.check(), signal);
    return this.#ownRun.report(await this.#ownRun.residuals(signal));
  }

  /** The masked lines, in chunks, once they have been looked through. */
  async *lines(): AsyncGenerator<SpooledLines> {
    yield* this.#thread?.lines() ?? this.#ownRun.lines();
  }

  /** Ends the threads, and takes temporary files away. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#run?.[Symbol.dispose]();
    await this.#thread?.[Symbol.asyncDispose]();
  }

  get #ownRun(): MaskRun {
    return this.#run ??= new MaskRun(this.#policy, this.#key);
  }
}
