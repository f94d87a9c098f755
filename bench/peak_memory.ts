/**
 * The most memory that a process has had.
 *
 * @module
 */

/** How often it is looked at, in milliseconds: what a process adds in its last moments is missed. */
const lookMs = 20;

/**
 * Watches a process. Linux keeps the peak itself (`VmHWM`), so that a look now and then misses none
 * but the last; other systems say nothing.
 */
export class PeakMemory {
  readonly #path: string;
  readonly #timer: ReturnType<typeof setInterval>;
  #peakMiB: number | undefined;

  /** @param pid The process. */
  constructor(pid: number) {
    this.#path = `/proc/${pid}/status`;
    this.#timer = setInterval(() => this.look(), lookMs);
  }

  /** Looks now. @returns The peak so far, in MiB; `undefined` where the system does not say. */
  look(): number | undefined {
    try {
      const kib = /^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(this.#path))?.[1];
      if (kib !== undefined) this.#peakMiB = Number(kib) / 1024;
    } catch {
      // It has ended.
    }
    return this.#peakMiB;
  }

  /** Looks for the last time. @returns The peak, in MiB. */
  end(): number | undefined {
    clearInterval(this.#timer);
    return this.look();
  }
}
