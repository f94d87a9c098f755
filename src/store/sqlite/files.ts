/**
 * Where the namespaces' files are, as the store sees it.
 *
 * @module
 */

import { basename, extname } from "node:path";
import type { BatchLoader } from "./import/batch_loader.ts";
import type { Connection } from "./connection.ts";
import type { LoadOptions } from "./import/loader.ts";

/** An open namespace file: a connection that writes, and one that reads beside it. */
export interface OpenFile {
  /** The only connection of this thread that writes. */
  readonly writer: Connection;
  /** The connection for reads; the writer itself where there can be no second one. */
  readonly reader: Connection;
}

export interface Files {
  /** Makes an empty namespace file, durably. */
  create(name: string): void;
  /** Opens a file, or finds it open. The connections are good until the next tick of the event loop. */
  open(name: string): OpenFile;
  /** Opens the index of links beside a file, or makes it. The connection is good for as long. */
  links(name: string): Connection;
  /** Closes a file and removes it, if it is there. */
  remove(name: string): Promise<void>;
  /** Begins an import's load into a file: one that is new and not made yet, or one that is there. */
  load(name: string, options: LoadOptions): Promise<BatchLoader>;
  /** Resolves when a file can be read again; absent when it can be read now. */
  busy(name: string): Promise<void> | undefined;
  closeAll(): void;
  readonly connections: number;
}

/**
 * A name for a file that nothing has yet: the registry's name, so that one sees what belongs
 * together, as much of the namespace's id as every file system takes, and a random rest that keeps
 * any two apart.
 */
export function newFileName(registry: string, id: string): string {
  const stem = stemOf(registry);
  const slug = id.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 40).replace(/^-|-$/g, "");
  const random = crypto.getRandomValues(new Uint8Array(8)).toHex();
  return [stem, slug, random].filter((part) => part !== "").join(".") + ".db";
}

/** Whether a file is a namespace's of a registry, by its name. */
export function isNamespaceFile(registry: string, name: string): boolean {
  const stem = stemOf(registry);
  return name.startsWith(`${stem}.`) &&
    /^\.([a-z0-9-]{1,40}\.)?[0-9a-f]{16}\.db$/.test(name.slice(stem.length));
}

function stemOf(registry: string): string {
  return basename(registry, extname(registry));
}
