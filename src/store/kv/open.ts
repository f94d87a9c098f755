/**
 * Opens a Deno KV store by its URL.
 *
 * @module
 */

import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { EventoDBError } from "../../errors.ts";
import { importWaitMs, kvFollowMs, kvFollowRemoteMs, kvOpenMs } from "../../limits.ts";
import { makePrivateFile, privateFolderMode } from "../../private_file.ts";
import { Presence } from "./alone.ts";
import { Database, withDeadline } from "./database.ts";
import { backendError, isFull } from "./errors.ts";
import { schemaKey } from "./keys.ts";
import { Maintenance } from "./maintenance.ts";
import { Reserve } from "./reserve.ts";
import { KvStore } from "./store.ts";

/** How a Deno KV store is opened. */
export interface KvOptions {
  /** How long a write waits for an import into its namespace, in milliseconds. */
  importWaitMs?: number;
}

/** The version of the layout of keys that this program knows. */
const schemaVersion = 1;

/** Where the token of a remote database is. */
const tokenVariable = "DENO_KV_ACCESS_TOKEN";

/**
 * Opens a store in a file, or makes it.
 *
 * @param path The file's path; a missing folder is made.
 * @param options How.
 * @returns The store.
 * @throws {EventoDBError} `BACKEND_ERROR` when the file cannot be used, or Deno was started without
 * Deno KV.
 */
export async function openFile(path: string, options: KvOptions = {}): Promise<KvStore> {
  checkFlag(`kv://${path}`);
  try {
    await Deno.mkdir(dirname(path), { recursive: true, mode: privateFolderMode });
  } catch (error) {
    // Where only the file itself is permitted, its folder has to be there.
    if (!(error instanceof Deno.errors.NotCapable)) throw backendError(error, path);
  }
  if (isForeign(path)) {
    throw new EventoDBError(
      "BACKEND_ERROR",
      `The file "${path}" is a SQLite database of something else. Name another file for Deno KV; ` +
        "nothing was changed in this one",
    );
  }
  makePrivateFile(path);
  return await open(path, path, options);
}

/**
 * Opens a store that keeps nothing.
 *
 * @param options How.
 * @returns The store.
 */
export async function openMemory(options: KvOptions = {}): Promise<KvStore> {
  checkFlag("kv://memory");
  return await open(":memory:", "memory", options);
}

/**
 * Opens a store in a remote Deno KV.
 *
 * @param url Its URL, with `http` or `https`.
 * @param options How.
 * @returns The store.
 * @throws {EventoDBError} `BACKEND_ERROR` when it cannot be reached or refuses the access token.
 */
export async function openRemote(url: string, options: KvOptions = {}): Promise<KvStore> {
  const { protocol, host, pathname } = new URL(url);
  // Whoever puts a password there does not want to see it in a log.
  const name = `${protocol}//${host}${pathname}`;
  checkFlag(`kv+${name}`);
  if (!Deno.env.get(tokenVariable)) {
    throw new EventoDBError(
      "BACKEND_ERROR",
      `Cannot open "kv+${name}": the environment variable ${tokenVariable} is not set. ` +
        "Set it to the database's access token",
    );
  }
  return await open(url, name, options, true);
}

async function open(
  path: string,
  name: string,
  options: KvOptions,
  isRemote = false,
): Promise<KvStore> {
  const isMemory = path === ":memory:";
  const isFile = !isRemote && !isMemory;
  const reserve = isFile ? new Reserve(path) : undefined;
  const kv = await openKv(path, name, reserve);
  await using undo = new AsyncDisposableStack();
  const database = undo.use(new Database(kv, { name, isRemote, reserve }));
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
  const presence = isFile ? undo.use(await Presence.take(path, endImports)) : undefined;
  reserve?.begin();
  maintenance.wake();
  undo.move();
  return new KvStore({
    database,
    maintenance,
    presence,
    importWaitMs: options.importWaitMs ?? importWaitMs,
    followMs: isMemory ? undefined : isRemote ? kvFollowRemoteMs : kvFollowMs,
  });
}

/** Opens the database; where the disk is too full for that, with the room that is kept for it. */
async function openKv(path: string, name: string, reserve?: Reserve): Promise<Deno.Kv> {
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

/** Whether a file is a SQLite database that is not Deno KV's, which would put its tables beside. */
function isForeign(path: string): boolean {
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
    // A file that is not there yet is nobody's; of any other, Deno KV says itself what is wrong.
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
  } else if (entry.value !== schemaVersion) {
    const [age, remedy] = entry.value > schemaVersion
      ? ["a newer", "upgrade EventoDB"]
      : ["an older", "export its namespaces with that one, and import them into a new database"];
    throw new EventoDBError(
      "BACKEND_ERROR",
      `The database "${database.name}" was written by ${age} EventoDB (its version is ` +
        `${entry.value}, this program knows ${schemaVersion}): ${remedy}`,
    );
  }
}
