/**
 * The lock on a data folder: one server process at a time. The operating system releases it when
 * the process ends, also after `kill -9`.
 *
 * @module
 */

import { delay } from "../../../deps/delay.ts";
import { join } from "node:path";
import { EventoDBError } from "../../../errors.ts";
import { unavailableStatus } from "../../backend_failure.ts";
import { sqliteLockPollMs, sqliteLockUnreadableMs, takeoverWaitMs } from "../limits.ts";
import { openPrivateFile } from "../../../private_file.ts";
import { backendError } from "../errors.ts";

/** Who holds the lock, as the lock file says. */
interface Holder {
  pid: number;
  state: "open" | "closing";
}

export class FolderLock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
    this.#note("open");
  }

  /**
   * Takes the lock. A holder that says it is closing is waited for, so that a server can be
   * replaced by its successor without a gap; any other holder means a refusal at once.
   *
   * @throws {EventoDBError} `BACKEND_ERROR` naming the process that holds it.
   */
  static async take(folder: string): Promise<FolderLock> {
    const path = join(folder, "eventodb.lock");
    let file: Deno.FsFile;
    try {
      file = await openPrivateFile(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.PermissionDenied)) throw backendError(error, path);
      throw new EventoDBError(
        "BACKEND_ERROR",
        `Cannot write to the data folder "${folder}": ${error.message}. ` +
          "Make it and its files writable for this user, or choose another folder",
        { cause: error },
      );
    }
    const start = Date.now();
    let holder: Holder | undefined;
    while (!file.tryLockSync(true)) {
      // Read between its being emptied and written, it is as it was before.
      holder = await readHolder(path) ?? holder;
      const waitMs = holder === undefined
        ? sqliteLockUnreadableMs
        : holder.state === "closing"
        ? takeoverWaitMs
        : 0;
      if (Date.now() - start >= waitMs) {
        file.close();
        throw new EventoDBError("BACKEND_ERROR", refusal(folder, holder), {
          status: unavailableStatus,
        });
      }
      await delay(sqliteLockPollMs);
    }
    return new FolderLock(file);
  }

  /** Notes for a successor that it need not wait for long. */
  markClosing(): void {
    this.#note("closing");
  }

  /** Lets go. The file stays: removing it could take a successor's lock away. */
  [Symbol.dispose](): void {
    this.#file.truncateSync(0);
    this.#file.close();
  }

  #note(state: Holder["state"]): void {
    const holder: Holder = { pid: Deno.pid, state };
    this.#file.truncateSync(0);
    this.#file.seekSync(0, Deno.SeekMode.Start);
    this.#file.writeSync(new TextEncoder().encode(JSON.stringify(holder)));
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path)) as Holder;
  } catch {
    return undefined;
  }
}

function refusal(folder: string, holder: Holder | undefined): string {
  const who = holder === undefined
    ? "another process"
    : holder.pid === Deno.pid
    ? `this process (${holder.pid})`
    : `process ${holder.pid}`;
  return `Cannot open the data folder "${folder}": ${who} is using it. ` +
    "Stop it first, or choose another folder";
}
