/**
 * A load into a file by a worker.
 *
 * @module
 */

import { EventoDBError } from "../../../errors.ts";
import type { PackedRecords } from "../../../record/packed_records.ts";
import type { BatchLoader } from "./batch_loader.ts";
import type { LoadJob } from "./file_load.ts";
import type { LoadCount } from "./loader.ts";
import type { LoadReply, LoadRequest } from "./worker.ts";

/** The response to a request that went well. */
type Loaded = Exclude<LoadReply, { error: unknown }>;

export class WorkerLoader implements BatchLoader {
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<Loaded>[] = [];
  #crash: EventoDBError | undefined;
  #isOver = false;

  /** Starts the worker; {@linkcode WorkerLoader.begin} waits for it. */
  private constructor() {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = (event: MessageEvent<LoadReply>) => this.#settle(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#crash = new EventoDBError(
        "BACKEND_ERROR",
        `The import's worker failed: ${event.message}`,
      );
      for (const { reject } of this.#waiting.splice(0)) reject(this.#crash);
    };
  }

  static async begin(job: LoadJob): Promise<WorkerLoader> {
    const loader = new WorkerLoader();
    try {
      await loader.#ask({ do: "begin", job });
      return loader;
    } catch (error) {
      loader.#end();
      throw error;
    }
  }

  async write(batch: PackedRecords): Promise<LoadCount> {
    const buffers = [batch.bytes.buffer, batch.numbers.buffer];
    const { written } = await this.#ask({ do: "write", batch }, buffers);
    Object.assign(batch, written!.batch);
    return written!.count;
  }

  async check(): Promise<void> {
    await this.#ask({ do: "check" });
  }

  async commit(): Promise<void> {
    await this.#ask({ do: "commit" });
    this.#end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return;
    try {
      // Asked and not just ended, so that the file is closed when this resolves.
      if (this.#crash === undefined) await this.#ask({ do: "rollback" });
    } catch {
      // A file that cannot even be rolled back is rolled back when it is opened next.
    } finally {
      this.#end();
    }
  }

  #ask(request: LoadRequest, buffers: ArrayBuffer[] = []): Promise<Loaded> {
    if (this.#crash !== undefined) return Promise.reject(this.#crash);
    this.#worker.postMessage(request, buffers);
    const waiting = Promise.withResolvers<Loaded>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  #settle(reply: LoadReply): void {
    const waiting = this.#waiting.shift();
    if (!("error" in reply)) return waiting?.resolve(reply);
    const { code, message, ...how } = reply.error;
    waiting?.reject(EventoDBError.withCode(code, message, how));
  }

  #end(): void {
    this.#isOver = true;
    this.#worker.terminate();
  }
}
