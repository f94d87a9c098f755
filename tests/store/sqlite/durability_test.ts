/**
 * What makes SQLite's commits durable. A test cannot take the power away, so these look at what the
 * store's own connections are set to, and at what happens when the disk says no.
 *
 * @module
 */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FileLoad, type LoadJob } from "../../../src/store/sqlite/import/file_load.ts";
import { packRecords } from "../../../src/record/packed_records.ts";
import { assertEquals, assertGreater, assertRejects } from "../../support/assert.ts";
import { create, newMessage, NS, record } from "../../contract/support.ts";
import { TemporaryFolder } from "./folder.ts";

/**
 * A commit returns when it is on the disk (`PRAGMA synchronous` is 2, `FULL`), and its pages go into the file by the
 * 16 MiB: small imports that each put theirs there would each wait for that.
 */
const written = [2, "wal", 4_096];

/** Notes every connection that is used until it is disposed of. */
class Connections implements Disposable {
  readonly #seen = new Set<DatabaseSync>();
  readonly #prepare = DatabaseSync.prototype.prepare;

  constructor() {
    const [seen, prepare] = [this.#seen, this.#prepare];
    DatabaseSync.prototype.prepare = function (...args) {
      seen.add(this);
      return prepare.apply(this, args);
    };
  }

  /** The settings of those that write: that they wait for the disk, their journal, and the most pages of its log. */
  get writers(): unknown[] {
    const ask = (connection: DatabaseSync, pragma: string) =>
      Object.values(this.#prepare.call(connection, `PRAGMA ${pragma}`).get() ?? {})[0];
    return [...this.#seen]
      .filter((connection) => connection.isOpen && ask(connection, "query_only") === 0)
      .map((connection) =>
        ["synchronous", "journal_mode", "wal_autocheckpoint"].map((pragma) =>
          ask(connection, pragma)
        )
      );
  }

  [Symbol.dispose](): void {
    DatabaseSync.prototype.prepare = this.#prepare;
  }
}

Deno.test("every SQLite connection that writes waits for the disk", async () => {
  using folder = new TemporaryFolder();
  using connections = new Connections();
  await using store = await folder.open();
  await create(store, NS);
  await store.write(NS, "a-1", newMessage());
  // The registry's and the namespace's.
  assertEquals(connections.writers, [written, written]);

  const path = folder.file(folder.namespaceFiles()[0] ?? "");
  using load = new FileLoad({ path, isFresh: false, skipExisting: false, highWater: 1 });
  load.write(packRecords([record({ globalPosition: 10 })]));
  assertEquals(connections.writers, [written, written, written]);
});

/** What the calls of the test's process that make a file durable do, until it is disposed of. */
class Syncs implements Disposable {
  /** Those in the end, of the whole file and of its folder. */
  ends = 0;
  readonly #prototype = Deno.FsFile.prototype;
  readonly #syncData = this.#prototype.syncData;
  readonly #sync = this.#prototype.sync;
  readonly #syncSync = this.#prototype.syncSync;

  constructor(onSyncData?: () => Promise<void>) {
    const [syncData, sync, syncSync] = [this.#syncData, this.#sync, this.#syncSync];
    this.#prototype.syncData = function () {
      return onSyncData?.() ?? syncData.call(this);
    };
    const count = () => this.ends++;
    this.#prototype.sync = function () {
      count();
      return sync.call(this);
    };
    this.#prototype.syncSync = function () {
      count();
      syncSync.call(this);
    };
  }

  [Symbol.dispose](): void {
    this.#prototype.syncData = this.#syncData;
    this.#prototype.sync = this.#sync;
    this.#prototype.syncSync = this.#syncSync;
  }
}

const newFile = (folder: TemporaryFolder): LoadJob => ({
  path: join(folder.path, "new.db"),
  isFresh: true,
  skipExisting: false,
  highWater: 0,
});

Deno.test("an import's new file is made durable, and its name", async () => {
  using folder = new TemporaryFolder();
  using syncs = new Syncs();
  using load = new FileLoad(newFile(folder));
  load.write(packRecords([record({ globalPosition: 1 })]));
  assertEquals(syncs.ends, 0);
  await load.commit(true);
  assertGreater(syncs.ends, Deno.build.os === "windows" ? 0 : 1);
});

Deno.test("an import whose file could not be written on the way fails in the end", async () => {
  using folder = new TemporaryFolder();
  // The system says so once; a later sync of the same file succeeds.
  using _syncs = new Syncs(() => Promise.reject(new Error("Input/output error (os error 5)")));
  using load = new FileLoad(newFile(folder));
  load.write(packRecords([record({ globalPosition: 1 })]));
  await assertRejects(() => load.commit(true), Error, "Input/output error");
});
