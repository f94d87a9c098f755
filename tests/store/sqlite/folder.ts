/**
 * Data folders and child processes for the tests of the SQLite backend.
 *
 * @module
 */

import { join } from "node:path";
import { openStore } from "../../../src/store/open.ts";
import type { Store } from "../../../src/store/store.ts";

/** A temporary folder, removed when it is disposed of. */
export class TemporaryFolder implements Disposable {
  /** Where it is. */
  readonly path: string = Deno.makeTempDirSync({ prefix: "eventodb-" });

  /** The path of a file in it. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** The names in it, sorted. */
  names(): string[] {
    return [...Deno.readDirSync(this.path)].map(({ name }) => name).sort();
  }

  /** The database files of namespaces in it. */
  namespaceFiles(): string[] {
    return this.names().filter((name) => name.endsWith(".db") && name !== "meta.db");
  }

  /** Opens the store in it. */
  open(): Promise<Store> {
    return openStore("sqlite://meta.db", { dataDir: this.path });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Starts one of the programs beside this file, and waits for its first word. */
export async function startChild(
  program: string,
  args: string[],
): Promise<{ child: Deno.ChildProcess; words: ReadableStreamDefaultReader<string> }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", join(import.meta.dirname ?? "", program), ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const words = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { done } = await words.read();
  if (done) throw new Error(`${program} ended before its first word`);
  return { child, words };
}
