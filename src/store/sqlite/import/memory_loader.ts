/**
 * A load into memory. A database in memory has one connection, so an open transaction would be seen
 * by every reader: the load goes into a database of its own, and comes over with the commit.
 *
 * @module
 */

import { batchRecordsMax } from "../../../limits.ts";
import type { PackedRecords } from "../../../record/packed_records.ts";
import { nextTick } from "../../../tick.ts";
import type { BatchLoader } from "./batch_loader.ts";
import { Connection } from "../connection.ts";
import type { Message } from "../../../message.ts";
import { MESSAGE_COLUMNS } from "../message_table.ts";
import { type LoadCount, Loader, type LoadOptions } from "./loader.ts";
import { createSchema, UNINDEXED_NAMESPACE_SCHEMA } from "../schema.ts";

export class MemoryLoader implements BatchLoader {
  readonly #loaded = new Connection(":memory:");
  readonly #loader: Loader;
  readonly #publish: (loaded: Connection) => Promise<void>;
  #isOver = false;

  /**
   * @param existing The namespace's messages, for an import that adds to them.
   * @param publish Takes what was loaded; it closes the connection once it is of no more use.
   */
  constructor(
    options: LoadOptions,
    existing: Connection | undefined,
    publish: (loaded: Connection) => Promise<void>,
  ) {
    createSchema(this.#loaded, UNINDEXED_NAMESPACE_SCHEMA);
    this.#loader = new Loader(this.#loaded, { ...options, isFresh: true }, existing);
    this.#publish = publish;
  }

  // deno-lint-ignore require-await -- what the loader throws is to reject
  async write(batch: PackedRecords): Promise<LoadCount> {
    return this.#loader.write(batch);
  }

  // deno-lint-ignore require-await -- what the loader throws is to reject
  async check(): Promise<void> {
    this.#loader.check();
  }

  async commit(): Promise<void> {
    this.#loader.finish();
    this.#isOver = true;
    await this.#publish(this.#loaded);
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) this.#loaded[Symbol.dispose]();
    this.#isOver = true;
    return Promise.resolve();
  }
}

/** Adds all messages of a database, which is closed, to another in one transaction, a batch a tick. */
export async function merge(from: Connection, to: Connection, highWater: number): Promise<void> {
  using source = from;
  to.run("BEGIN IMMEDIATE");
  try {
    const loader = new Loader(to, { isFresh: false, skipExisting: false, highWater });
    let next = 0;
    for (;;) {
      const messages = source.all<Message>(
        `SELECT ${MESSAGE_COLUMNS} FROM messages
         WHERE global_position >= ? ORDER BY global_position LIMIT ?`,
        next,
        batchRecordsMax,
      );
      const last = messages.at(-1);
      if (last === undefined) break;
      loader.writeRecords(messages.map((message) => ({ ...message, line: 0 })));
      next = last.globalPosition + 1;
      await nextTick();
    }
    to.run("COMMIT");
  } catch (error) {
    to.rollback();
    throw error;
  }
}
