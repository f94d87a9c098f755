/**
 * Writes: a group is one atomic operation.
 *
 * @module
 */

import { writesPerCommitMax } from "../limits.ts";
import { kvMutationsMax } from "./limits.ts";
import type { GroupOutcome, RequestedWrite } from "../waiting_writes.ts";
import type { GroupWriter } from "../write_queue.ts";
import type { Database } from "./database.ts";
import { type Head, isHeld, readHead } from "./head.ts";
import { Attempts, pause } from "./wait.ts";
import { WriteGroup } from "./write_group.ts";

/** Writes into one namespace. */
export class KvWriter implements GroupWriter {
  /** So many fit an operation, with six changes each: no more are looked at for one. */
  readonly writesMax: number = Math.min(writesPerCommitMax, Math.floor(kvMutationsMax / 6));
  readonly #database: Database;
  readonly #id: string;
  readonly #attempts: Attempts;
  /** The head after the last operation; another server may have changed it since. */
  #head: Head | undefined;

  constructor(database: Database, id: string) {
    this.#database = database;
    this.#id = id;
    this.#attempts = new Attempts("write to", id);
  }

  async write(group: readonly RequestedWrite[]): Promise<GroupOutcome | "importing" | "again"> {
    const head = this.#head ?? await readHead(this.#database, this.#id);
    this.#head = undefined;
    if (isHeld(head.lease)) return "importing";
    await using writing = await WriteGroup.prepare(this.#database, this.#id, head, group);
    if (!await writing.commit()) {
      await this.#attempts.next();
      return "again";
    }
    this.#attempts.reset();
    this.#head = writing.headAfter;
    const { outcomes, appended } = writing;
    const { value: { globalPosition: previous }, versionstamp: before } = head.state;
    const after = writing.headAfter?.state.versionstamp;
    return {
      outcomes,
      appended,
      previous,
      own: after === undefined ? undefined : { before, after },
    };
  }

  pause(times: number): Promise<void> {
    return pause(times);
  }
}
