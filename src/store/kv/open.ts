/**
 * Opens a Deno KV store by its URL.
 *
 * @module
 */

import { dirname } from "node:path";
import { EventoDBError } from "../../errors.ts";
import { importWaitMs, kvFollowMs, kvFollowRemoteMs } from "../../limits.ts";
import { Presence } from "./alone.ts";
import { Database } from "./database.ts";
import { backendError } from "./errors.ts";
import { schemaKey } from "./keys.ts";
import { Maintenance } from "./maintenance.ts";
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
    await Deno.mkdir(dirname(path), { recursive: true });
  } catch (error) {
    // Where only the file itself is permitted, its folder has to be there.
    if (!(error instanceof Deno.errors.NotCapable)) throw backendError(error, path);
  }
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
  checkFlag(`kv+${url}`);
  if (!Deno.env.get(tokenVariable)) {
    throw new EventoDBError(
      "BACKEND_ERROR",
      `Cannot open "kv+${url}": the environment variable ${tokenVariable} is not set. ` +
        "Set it to the database's access token",
    );
  }
  return await open(url, url, options, true);
}

async function open(
  path: string,
  name: string,
  options: KvOptions,
  isRemote = false,
): Promise<KvStore> {
  let kv: Deno.Kv;
  try {
    kv = await Deno.openKv(path);
  } catch (error) {
    throw backendError(error, name);
  }
  await using undo = new AsyncDisposableStack();
  const database = undo.use(new Database(kv, { name, isRemote }));
  await checkSchema(database);
  const maintenance = undo.use(new Maintenance(database));
  const isMemory = path === ":memory:";
  const isFile = !isRemote && !isMemory;
  const presence = isFile
    ? undo.use(await Presence.take(path, () => maintenance.endAllImports()))
    : undefined;
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

/** Says how to start Deno with Deno KV, when it was started without. */
function checkFlag(url: string): void {
  if (typeof Deno.openKv === "function") return;
  throw new EventoDBError(
    "BACKEND_ERROR",
    `Cannot open "${url}": Deno was started without Deno KV. Start it with --unstable-kv:\n` +
      `  deno run --unstable-kv --allow-all jsr:@eventodb/cli serve --db-url ${url}\n` +
      "or install the command with it:\n" +
      "  deno install --global --force --unstable-kv --allow-all --name eventodb jsr:@eventodb/cli/cli",
  );
}

/** Checks that the layout of keys is known, and notes it in a new database. */
async function checkSchema(database: Database): Promise<void> {
  const entry = await database.get<number>(schemaKey);
  if (entry.value === null) {
    await database.commit(database.atomic().check(entry).set(schemaKey, schemaVersion));
  } else if (entry.value > schemaVersion) {
    throw new EventoDBError(
      "BACKEND_ERROR",
      `The database "${database.name}" was written by a newer EventoDB (its version is ` +
        `${entry.value}, this program knows up to ${schemaVersion}): upgrade EventoDB`,
    );
  }
}
