/**
 * Namespaces that are nowhere but in memory.
 *
 * @module
 */

import type { BatchLoader } from "../import/batch_loader.ts";
import { Connection } from "../connection.ts";
import type { Files, OpenFile } from "../files.ts";
import type { LoadOptions } from "../import/loader.ts";
import { MemoryLoader, merge } from "../import/memory_loader.ts";
import { createSchema, LINKS_SCHEMA, NAMESPACE_SCHEMA } from "../schema.ts";

/** Files that are nowhere but in memory. None of them is ever closed before it is removed. */
export class MemoryFiles implements Files {
  readonly #open = new Map<string, Connection>();
  readonly #links = new Map<string, Connection>();
  readonly #merging = new Map<string, Promise<void>>();

  get connections(): number {
    return this.#open.size + this.#links.size;
  }

  create(name: string): void {
    const connection = new Connection(":memory:");
    createSchema(connection, NAMESPACE_SCHEMA);
    this.#open.set(name, connection);
  }

  load(name: string, options: LoadOptions): Promise<BatchLoader> {
    const existing = this.#open.get(name);
    const loader = new MemoryLoader(options, existing, async (loaded) => {
      if (existing === undefined) return void this.#open.set(name, loaded);
      const merging = merge(loaded, existing, options.highWater);
      this.#merging.set(name, merging.catch(() => {}));
      try {
        await merging;
      } finally {
        this.#merging.delete(name);
      }
    });
    return Promise.resolve(loader);
  }

  busy(name: string): Promise<void> | undefined {
    return this.#merging.get(name);
  }

  open(name: string): OpenFile {
    const connection = this.#open.get(name);
    if (connection === undefined) throw new Error(`No database in memory is called "${name}"`);
    return { writer: connection, reader: connection };
  }

  links(name: string): Connection {
    let links = this.#links.get(name);
    if (links === undefined) {
      links = new Connection(":memory:");
      createSchema(links, LINKS_SCHEMA);
      this.#links.set(name, links);
    }
    return links;
  }

  remove(name: string): Promise<void> {
    this.#open.get(name)?.[Symbol.dispose]();
    this.#open.delete(name);
    this.#links.get(name)?.[Symbol.dispose]();
    this.#links.delete(name);
    return Promise.resolve();
  }

  closeAll(): void {
    for (const files of [this.#open, this.#links]) {
      for (const connection of files.values()) connection[Symbol.dispose]();
      files.clear();
    }
  }
}
