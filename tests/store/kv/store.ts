/**
 * Deno KV stores in files of their own, and processes that use them.
 *
 * @module
 */

import { join } from "node:path";
import { openFile } from "../../../src/store/kv/open.ts";
import type { KvStore } from "../../../src/store/kv/store.ts";
import { memoryFolder } from "../../support/memory_folder.ts";

/** A file of Deno KV in a temporary folder, which goes when it is disposed of. */
export class TemporaryKv implements AsyncDisposable {
  /** The folder. */
  readonly folder: string = Deno.makeTempDirSync({
    dir: memoryFolder,
    prefix: "eventodb-",
  });
  /** The file. */
  readonly path: string = join(this.folder, "events.kv");

  /** Opens a store in it. */
  open(options?: { importWaitMs?: number }): Promise<KvStore> {
    return openFile(this.path, options);
  }

  /** Looks into the file: all keys without the part that they share, but for the schema's. */
  async keys(): Promise<Deno.KvKey[]> {
    using kv = await Deno.openKv(this.path);
    const entries = await Array.fromAsync(kv.list({ prefix: ["eventodb"] }));
    return entries.map(({ key }) => key.slice(1)).filter(([part]) => part !== "schema");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Opens a store in a new file, which goes when the store is disposed of. */
export async function openTemporaryKv(options?: { importWaitMs?: number }): Promise<KvStore> {
  const file = new TemporaryKv();
  const store = await file.open(options);
  const dispose = store[Symbol.asyncDispose].bind(store);
  let disposed: Promise<void> | undefined;
  const close = async () => {
    await dispose();
    await file[Symbol.asyncDispose]();
  };
  store[Symbol.asyncDispose] = () => disposed ??= close();
  return store;
}

/** A process that uses a file. */
export interface KvChild {
  /** The process. */
  process: Deno.ChildProcess;
  /** What it says, line by line. */
  lines: ReadableStreamDefaultReader<string>;
}

/** Starts the program beside this file. */
export function startKvChild(...args: string[]): KvChild {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--unstable-kv",
      "--allow-all",
      join(import.meta.dirname ?? "", "child.ts"),
      ...args,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(
    new TransformStream<string, string>({
      transform(text, controller) {
        for (const line of text.split("\n").filter(Boolean)) controller.enqueue(line);
      },
    }),
  ).getReader();
  return { process, lines };
}
