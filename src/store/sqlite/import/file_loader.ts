/**
 * A load into a file: in this thread as long as it is small, and in a worker once it is not. A small one takes less
 * time than a worker takes to start.
 *
 * @module
 */

import { copyRecords, type PackedRecords, textBytesOf } from "../../../record/packed_records.ts";
import { nextTick } from "../../../tick.ts";
import { importBytesHereMax, importRecordsHereMax } from "../limits.ts";
import type { BatchLoader } from "./batch_loader.ts";
import { FileLoad, type LoadJob } from "./file_load.ts";
import type { LoadCount } from "./loader.ts";
import { WorkerLoader } from "./worker_loader.ts";

export class FileLoader implements BatchLoader {
  readonly #job: LoadJob;
  readonly #removeFile: () => Promise<void>;
  readonly #load: FileLoad;
  /** What has been loaded in this thread: the worker begins with it. */
  readonly #loaded: PackedRecords[] = [];
  #records = 0;
  #bytes = 0;
  #worker: Promise<WorkerLoader> | undefined;

  /** @param removeFile Removes the job's file, if that is a new one, so that it can be made again. */
  constructor(job: LoadJob, removeFile: () => Promise<void>) {
    this.#job = job;
    this.#removeFile = removeFile;
    this.#load = new FileLoad(job);
  }

  async write(batch: PackedRecords): Promise<LoadCount> {
    if (this.#worker === undefined) {
      this.#records += batch.length;
      this.#bytes += textBytesOf(batch);
      if (this.#records <= importRecordsHereMax && this.#bytes <= importBytesHereMax) {
        const count = this.#load.write(batch);
        this.#loaded.push(copyRecords(batch));
        return count;
      }
      this.#worker = this.#startWorker();
    }
    return (await this.#worker).write(batch);
  }

  async check(): Promise<void> {
    if (this.#worker === undefined) this.#load.check();
    else await (await this.#worker).check();
  }

  async commit(): Promise<void> {
    if (this.#worker === undefined) {
      // What was loaded last may have taken a tick by itself.
      await nextTick();
      // A small import leaves the log as a write does: this thread is not to wait for readers.
      await this.#load.commit(false);
    } else await (await this.#worker).commit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#load[Symbol.dispose]();
    } catch {
      // A file that cannot even be rolled back is rolled back when it is opened next.
    }
    const worker = await this.#worker?.catch(() => undefined);
    await worker?.[Symbol.asyncDispose]();
  }

  async #startWorker(): Promise<WorkerLoader> {
    this.#load[Symbol.dispose]();
    if (this.#job.isFresh) await this.#removeFile();
    const worker = await WorkerLoader.begin(this.#job);
    try {
      for (const batch of this.#loaded.splice(0)) await worker.write(batch);
      return worker;
    } catch (error) {
      await worker[Symbol.asyncDispose]();
      throw error;
    }
  }
}
