/**
 * Watches a server from another thread: how long `/health` is silent, and how much memory the process takes.
 *
 * Silence is measured in processor time of the server's own thread, so that a machine that is busy with
 * something else does not count.
 *
 * @module
 */

/** What was seen since the last report. */
export interface HealthReport {
  /** The longest time without a response, in milliseconds of the server's processor time. */
  silentMs: number;
  /** The most memory that the process has ever had, in MiB. */
  peakMiB: number;
}

/** Asks a server for its health again and again. Linux only. */
export class HealthWatch implements Disposable {
  readonly #worker: Worker;

  /**
   * @param url The server.
   * @param pid Its process.
   */
  constructor(url: string, pid: number) {
    this.#worker = new Worker(new URL("./health_worker.ts", import.meta.url), { type: "module" });
    this.#worker.postMessage({ url, pid });
  }

  /** Says what was seen, and starts over. */
  report(): Promise<HealthReport> {
    const { promise, resolve, reject } = Promise.withResolvers<HealthReport>();
    this.#worker.onmessage = ({ data }: MessageEvent<HealthReport>) => resolve(data);
    this.#worker.onerror = (event) => reject(new Error(event.message));
    this.#worker.postMessage("report");
    return promise;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
