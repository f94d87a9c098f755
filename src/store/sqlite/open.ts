/**
 * Opens a SQLite store: the lock, the registry, and what a crash has left behind.
 *
 * @module
 */

import { basename, dirname } from "node:path";
import { EventoDBError } from "../../errors.ts";
import { privateFolderMode } from "../../private_file.ts";
import type { StoreOptions } from "../base_store.ts";
import { Connection } from "./connection.ts";
import { isNamespaceFile } from "./files.ts";
import { FolderFiles } from "./files/folder_files.ts";
import { FolderLock } from "./files/lock.ts";
import { MemoryFiles } from "./files/memory_files.ts";
import { RegistryTable } from "./registry_table.ts";
import { SqliteStore } from "./store.ts";

export function openMemory(options: StoreOptions = {}): SqliteStore {
  return new SqliteStore({
    name: "memory.db",
    table: new RegistryTable(new Connection(":memory:")),
    files: new MemoryFiles(),
    ...options,
  });
}

/** Opens or makes the store of a folder, by its registry's path: the namespaces' files are beside it. */
export async function openFolder(path: string, options: StoreOptions = {}): Promise<SqliteStore> {
  const folder = dirname(path);
  try {
    await Deno.mkdir(folder, { recursive: true, mode: privateFolderMode });
  } catch (error) {
    throw noFolder(error, folder);
  }
  const lock = await FolderLock.take(folder);
  try {
    checkRegistryIsThere(path);
    const table = openRegistry(path);
    const files = new FolderFiles(path);
    for (const file of table.leftovers()) {
      await files.remove(file);
      table.forgetFile(file);
    }
    return new SqliteStore({
      name: basename(path),
      table,
      files,
      lock,
      ...options,
    });
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

function noFolder(error: unknown, folder: string): EventoDBError {
  const reason = error instanceof Deno.errors.AlreadyExists
    ? "a file has that name"
    : error instanceof Deno.errors.NotADirectory
    ? "a part of its path is a file"
    : error instanceof Error
    ? error.message
    : String(error);
  return new EventoDBError(
    "BACKEND_ERROR",
    `Cannot create the data folder "${folder}": ${reason}. Choose another folder`,
    { cause: error },
  );
}

/** A new registry would have none of the namespaces whose files are there. */
function checkRegistryIsThere(path: string): void {
  try {
    if (Deno.statSync(path).size > 0) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return;
  }
  const folder = dirname(path);
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => isNamespaceFile(basename(path), name)).sort();
  if (files.length === 0) return;
  const [first] = files;
  throw new EventoDBError(
    "BACKEND_ERROR",
    `The registry "${path}" is missing or empty, but the folder holds messages of namespaces ` +
      `(${files.length} ${
        files.length === 1 ? "file" : "files"
      }, such as "${first}"). Restore the ` +
      `registry from a backup; or move the files away, to begin with an empty store`,
  );
}

function openRegistry(path: string): RegistryTable {
  const connection = new Connection(path);
  try {
    return new RegistryTable(connection);
  } catch (error) {
    connection[Symbol.dispose]();
    throw error;
  }
}
