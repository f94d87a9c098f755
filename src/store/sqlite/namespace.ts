/**
 * One namespace of a running store: its file, its waiting writes, and whether an import runs.
 *
 * @module
 */

import { nextTick } from "../../tick.ts";
import { namespaceNotFound, replacedWhileRead, storeClosed } from "../refusals.ts";
import type { Connection } from "./connection.ts";
import type { Files } from "./files.ts";
import type { RegisteredNamespace } from "./registry_table.ts";
import type { GroupOutcome } from "../write_queue.ts";
import { WriteQueue } from "./write.ts";

/** The connections to a namespace's messages and to its index of links. */
export interface LinkConnections {
  messages: Connection;
  /** Reads and writes the index, which is made when it is first asked for. */
  readonly links: Connection;
}

export class Namespace {
  readonly registered: RegisteredNamespace;
  readonly writes: WriteQueue;
  /** Whether it has been deleted; one of the same id that is made later is another. */
  isDeleted = false;
  isClosed = false;
  readonly #files: Files;
  #importEnded: Promise<void> | undefined;

  constructor(
    registered: RegisteredNamespace,
    files: Files,
    onWritten: (outcome: GroupOutcome) => void,
  ) {
    this.registered = registered;
    this.#files = files;
    this.writes = new WriteQueue(() => this.writer, onWritten);
  }

  /** The connection for writes, for this tick. */
  get writer(): Connection {
    return this.#files.open(this.registered.file).writer;
  }

  /** Resolves when the import that runs has ended; absent when none runs. */
  get importEnded(): Promise<void> | undefined {
    return this.#importEnded;
  }

  /** Keeps writes and other imports away, until the function that it returns is called. */
  holdForImport(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#importEnded = promise;
    return () => {
      this.#importEnded = undefined;
      resolve();
    };
  }

  /**
   * Gives the ticks of one read their connections. The first tick decides which messages are read:
   * later ones throw when the namespace has others by then.
   *
   * @returns A function to call at the start of each tick.
   */
  reading(): () => Promise<Connection> {
    return this.#ticks((file) => this.#files.open(file).reader);
  }

  /** The same beside the index of links. */
  linking(): () => Promise<LinkConnections> {
    const files = this.#files;
    return this.#ticks((file) => ({
      messages: files.open(file).reader,
      get links() {
        return files.links(file);
      },
    }));
  }

  #ticks<T>(open: (file: string) => T): () => Promise<T> {
    let file: string | undefined;
    return async () => {
      // Also before the first: a caller that polls in a loop would block writes.
      await nextTick();
      for (;;) {
        if (this.isClosed) throw storeClosed();
        if (this.isDeleted) throw namespaceNotFound(this.registered.id);
        file ??= this.registered.file;
        if (file !== this.registered.file) throw replacedWhileRead(this.registered.id);
        const busy = this.#files.busy(file);
        if (busy === undefined) return open(file);
        await busy;
      }
    };
  }
}
