/**
 * Opens a store by its URL. A backend is loaded when it is used, and not before.
 *
 * @module
 */

import { join } from "node:path";
import { denoProblem } from "../deno_floor.ts";
import { EventoDBError } from "../errors.ts";
import type { Store } from "./store.ts";

/** How {@linkcode openStore} opens a store. */
export interface OpenStoreOptions {
  /** The folder of a SQLite store's files. Default: the folder that the URL names. */
  dataDir?: string;
  /** How long a write waits for an import into its namespace, in milliseconds. Default: 5,000. */
  importWaitMs?: number;
}

const allowedUrls = "sqlite://NAME.db, sqlite:///PATH/NAME.db, sqlite://memory, " +
  "postgres://USER:PASSWORD@HOST:PORT/DATABASE, kv:///PATH/FILE, kv://memory, " +
  "kv+http://HOST:PORT, kv+https://HOST or kv+deploy: (on Deno Deploy)";

/**
 * Opens a store.
 *
 * @param database Where it is: `sqlite:///path/to/NAME.db` (a file of namespaces, the messages in files
 * beside it), `sqlite://NAME.db` (in `dataDir`, or in the working directory without one),
 * `sqlite://memory` (keeps nothing), `postgres://user:password@host:5432/database`,
 * `kv:///path/to/file` (Deno KV in a file), `kv://memory` (keeps nothing), `kv+https://host` (a
 * remote Deno KV, with its token in `DENO_KV_ACCESS_TOKEN`) or `kv+deploy:` (the default database of
 * the application on Deno Deploy). Or a Deno KV that is open: it stays the caller's, who closes it
 * after the store.
 * @param options How.
 * @returns The store, to be disposed of.
 * @throws {EventoDBError} `INVALID_REQUEST` for a URL that names no store; `BACKEND_ERROR` when it
 * cannot be opened, or another process uses it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openStore } from "@eventodb/cli";
 *
 * await using store = await openStore("sqlite://memory");
 * assertEquals(await store.listNamespaces(), []);
 * ```
 *
 * @example On a Deno KV that is open already
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openStore } from "@eventodb/cli";
 *
 * using kv = await Deno.openKv(":memory:");
 * await using store = await openStore(kv);
 * assertEquals(store.backend, "kv");
 * ```
 */
export async function openStore(
  database: string | Deno.Kv,
  options: OpenStoreOptions = {},
): Promise<Store> {
  const problem = denoProblem();
  if (problem !== null) throw new EventoDBError("BACKEND_ERROR", problem.replace("\n", ". "));
  if (typeof database !== "string") {
    const { openGiven } = await loadKv();
    return await openGiven(database, options);
  }
  const url = database;
  if (/^kv\+deploy:(\/\/)?$/i.test(url)) {
    const { openDefault } = await loadKv();
    return await openDefault(options);
  }
  const match = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(url);
  const [, scheme = "", rest] = match ?? [];
  if (/^postgres(ql)?$/i.test(scheme)) {
    const { openPostgres } = await loadPostgres();
    return await openPostgres(url, options);
  }
  if (/^kv(\+https?)?$/i.test(scheme) && rest !== undefined) {
    const { openFile, openMemory, openRemote } = await loadKv();
    if (scheme.length > "kv".length) {
      const remote = url.slice("kv+".length);
      if (!URL.canParse(remote)) throw unusable(url, "malformed");
      return await openRemote(remote, options);
    }
    if (rest === "memory") return await openMemory(options);
    const isAbsolute = rest.startsWith("/");
    return await openFile(filePath(url, rest, isAbsolute ? undefined : options.dataDir), options);
  }
  if (scheme?.toLowerCase() !== "sqlite" || rest === undefined) throw unusable(url, "unknown");
  const { openFolder, openMemory } = await loadSqlite();
  if (rest === "memory") return openMemory(options);
  return await openFolder(filePath(url, rest, options.dataDir), options);
}

const loadSqlite = once(() => import("./sqlite/open.ts"));
const loadPostgres = once(() => import("./postgres/open.ts"));
const loadKv = once(() => import("./kv/open.ts"));

/** Loads a module once: on Deno 2.8.0 a second import of one that is still loading fails ("node:sqlite"). */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () =>
    loading ??= load().catch((error) => {
      loading = undefined;
      throw error;
    });
}

/** The path of the file that a URL names. */
function filePath(url: string, rest: string, dataDir: string | undefined): string {
  let path: string;
  try {
    path = decodeURIComponent(rest);
  } catch (error) {
    throw unusable(url, "malformed", error);
  }
  if (path === "" || /[?#\0]/.test(path) || /(^|[/\\])(\.{0,2})$/.test(path)) {
    throw unusable(url, "malformed");
  }
  // To SQLite and Deno KV these are no files: the messages would be in some, and their list in none.
  if (/^(:memory:$|file:)/i.test(path)) throw unusable(url, "malformed");
  if (dataDir === undefined) {
    // "/C:/data/meta.db" is how a URL says C:\data\meta.db.
    return Deno.build.os === "windows" ? path.replace(/^\/(?=[a-z]:)/i, "") : path;
  }
  if (/[/\\]/.test(path)) {
    throw new EventoDBError(
      "INVALID_REQUEST",
      `Cannot open "${url}" in the data folder "${dataDir}": with a data folder, ` +
        "the URL is a plain file name, such as sqlite://eventodb.db",
      { details: { option: "db-url" } },
    );
  }
  return join(dataDir, path);
}

function unusable(url: string, what: "unknown" | "malformed", cause?: unknown): EventoDBError {
  // A database URL may hold a password.
  const shown = url.replace(/\/\/[^/@]*@/, "//…@");
  return new EventoDBError(
    "INVALID_REQUEST",
    `Cannot open "${shown}": the database URL is ${what}; allowed are ${allowedUrls}`,
    { cause, details: { option: "db-url" } },
  );
}
