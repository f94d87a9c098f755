/**
 * Opens a Deno KV store by its URL.
 *
 * @module
 */

import { dirname } from "node:path";
import { EventoDBError } from "../../errors.ts";
import { kvFollowMs, kvFollowRemoteMs, kvOpenMs } from "./limits.ts";
import type { StoreOptions } from "../base_store.ts";
import { writtenByNewer } from "../refusals.ts";
import { FileIdentity } from "../file_identity.ts";
import { makePrivateFile, privateFolderMode } from "../../private_file.ts";
import { Presence } from "./file_lock.ts";
import { Database, type DatabaseOptions, withDeadline } from "./database.ts";
import { backendError, isFull } from "./errors.ts";
import { schemaKey } from "./schema.ts";
import { Maintenance } from "./layers/maintenance.ts";
import type { Reserve } from "./reserve.ts";
import { KvStore } from "./store.ts";

/** The version of the layout of keys that this program knows. */
const schemaVersion = 1;

const tokenVariable = "DENO_KV_ACCESS_TOKEN";

/**
 * Opens a store in a file, or makes it.
 *
 * @param path The file's path; a missing folder is made.
 * @throws {EventoDBError} `BACKEND_ERROR` when the file cannot be used, or Deno was started without
 * Deno KV.
 */
export async function openFile(path: string, options: StoreOptions = {}): Promise<KvStore> {
  checkFlag(`kv://${path}`);
  try {
    await Deno.mkdir(dirname(path), { recursive: true, mode: privateFolderMode });
  } catch (error) {
    // Where only the file itself is permitted, its folder has to be there.
    if (!(error instanceof Deno.errors.NotCapable)) throw backendError(error, path);
  }
  // Deno Deploy has no files, and may have no SQLite.
  const { DatabaseSync } = await import("node:sqlite");
  if (isForeign(path, DatabaseSync)) {
    throw new EventoDBError(
      "BACKEND_ERROR",
      `The file "${path}" is a SQLite database of another program. Choose another file for Deno KV; ` +
        "nothing was changed in this one",
    );
  }
  checkLogHasFile(path);
  makePrivateFile(path);
  const { Reserve } = await import("./reserve.ts");
  const reserve = new Reserve(path);
  const kv = await openKv(path, path, reserve);
  const file = new FileIdentity(path);
  return await open(kv, { name: path, options, reserve, path, file, followMs: kvFollowMs });
}

export async function openMemory(options: StoreOptions = {}): Promise<KvStore> {
  checkFlag("kv://memory");
  return await open(await openKv(":memory:", "memory"), { name: "memory", options });
}

/** Opens a store in a remote Deno KV, by its URL with `http` or `https`. */
export async function openRemote(url: string, options: StoreOptions = {}): Promise<KvStore> {
  const { protocol, host, pathname } = new URL(url);
  // A password in it must not get into a log.
  const name = `${protocol}//${host}${pathname}`;
  checkFlag(`kv+${name}`);
  if (!Deno.env.get(tokenVariable)) {
    throw new EventoDBError(
      "BACKEND_ERROR",
      `Cannot open "kv+${name}": the environment variable ${tokenVariable} is not set. ` +
        "Set it to the database's access token",
    );
  }
  return await open(await openKv(url, name), { ...shared, name, options });
}

/** On Deno Deploy in the application's database, elsewhere in one that Deno keeps for the program. */
export async function openDefault(options: StoreOptions = {}): Promise<KvStore> {
  checkFlag("kv+deploy:");
  const name = "kv+deploy:";
  return await open(await openKv(undefined, name), { ...shared, name, options });
}

/** Opens a store in a Deno KV that is open, and is not closed with the store. */
export async function openGiven(kv: Deno.Kv, options: StoreOptions = {}): Promise<KvStore> {
  const name = "the Deno KV given to openStore()";
  return await open(kv, { ...shared, name, options, isOwned: false });
}

/** Of a database that may be anywhere, and that others may use. */
const shared = { isRemote: true, followMs: kvFollowRemoteMs };

/** What is known of a database that is to be opened. */
interface Setting extends Omit<DatabaseOptions, "name"> {
  name: string;
  options: StoreOptions;
  /** Its path, where it is a file. */
  path?: string;
  /** How often to look for others' commits; absent where there are no others. */
  followMs?: number;
}

async function open(
  kv: Deno.Kv,
  { name, options, path, followMs, ...how }: Setting,
): Promise<KvStore> {
  const { isRemote = false, reserve } = how;
  await using undo = new AsyncDisposableStack();
  const database = undo.use(new Database(kv, { name, ...how }));
  try {
    await withDeadline(checkSchema(database), kvOpenMs, isRemote);
  } catch (error) {
    throw backendError(error, name);
  }
  const maintenance = undo.use(new Maintenance(database));
  const endImports = async () => {
    try {
      await maintenance.endAllImports();
    } catch (error) {
      // What is there can be read, and deleted. A dead import's lease runs out by itself.
      if (!isFull(error)) throw error;
    }
  };
  const presence = path === undefined ? undefined : undo.use(await Presence.take(path, endImports));
  reserve?.begin();
  maintenance.wake();
  undo.move();
  return new KvStore({
    database,
    maintenance,
    presence,
    ...options,
    followMs,
  });
}

/** Opens the database; where the disk is too full for that, with the space that is reserved for it. */
async function openKv(
  path: string | undefined,
  name: string,
  reserve?: Reserve,
): Promise<Deno.Kv> {
  try {
    return await Deno.openKv(path);
  } catch (error) {
    if (reserve === undefined || !reserve.isSetAside()) throw backendError(error, name);
  }
  await reserve.release();
  try {
    return await Deno.openKv(path);
  } catch (error) {
    throw backendError(error, name);
  }
}

/** SQLite would throw away a log whose file is not there, and the messages in it. */
function checkLogHasFile(path: string): void {
  const size = (name: string) => {
    try {
      return Deno.statSync(name).size;
    } catch {
      return 0;
    }
  };
  if (size(path) > 0 || size(`${path}-wal`) === 0) return;
  throw new EventoDBError(
    "BACKEND_ERROR",
    `The file "${path}" is missing or empty, but its log "${path}-wal" is there. Restore both from a ` +
      "backup; or move the log away, to begin with an empty store",
  );
}

/** Whether a file is a SQLite database that is not Deno KV's, which would put its tables beside. */
function isForeign(path: string, DatabaseSync: typeof import("node:sqlite").DatabaseSync): boolean {
  try {
    if (Deno.statSync(path).size === 0) return false;
    const file = new DatabaseSync(path, { readOnly: true });
    try {
      const tables = file.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
      return tables.length > 0 && !tables.some(({ name }) => name === "data_version");
    } finally {
      file.close();
    }
  } catch {
    // A file that does not exist yet is fine; of any other, Deno KV reports what is wrong.
    return false;
  }
}

/** Says how to start Deno with Deno KV, when it was started without. */
function checkFlag(url: string): void {
  if (typeof Deno.openKv === "function") return;
  throw new EventoDBError(
    "BACKEND_ERROR",
    `Cannot open "${url}": Deno was started without Deno KV. Start it with --unstable-kv: ` +
      `deno run --unstable-kv --allow-all jsr:@eventodb/cli serve --db-url ${url}, ` +
      "or install the command with it: " +
      "deno install --global --force --unstable-kv --allow-all --name eventodb jsr:@eventodb/cli/cli",
  );
}

/** Checks that the layout of keys is known, and notes it in a new database. */
async function checkSchema(database: Database): Promise<void> {
  const entry = await database.get<number>(schemaKey);
  if (entry.value === null) {
    await database.commit(database.atomic().check(entry).set(schemaKey, schemaVersion));
  } else if (entry.value > schemaVersion) {
    throw writtenByNewer(`The database "${database.name}"`, entry.value, schemaVersion);
  } else if (entry.value < schemaVersion) {
    throw new EventoDBError(
      "BACKEND_ERROR",
      `The database "${database.name}" was written by an older EventoDB (its version is ` +
        `${entry.value}, this program knows ${schemaVersion}): export its namespaces with that one, ` +
        "and import them into a new database",
    );
  }
}
