/**
 * Where an export goes: a file that appears under its name only when it is complete, or standard
 * output.
 *
 * @module
 */

import { fileProblem } from "./file_problem.ts";
import { CommandError } from "./problems.ts";

/** Somewhere to write to. Disposing of it without `complete` leaves nothing behind. */
export interface Output extends AsyncDisposable {
  /** What it is called in messages. */
  readonly name: string;
  /** Takes the bytes. */
  readonly writable: WritableStream<Uint8Array>;
  /** Makes what was written durable, and gives it its name. */
  complete(): Promise<void>;
}

/**
 * Opens an output, so that what is wrong with it shows before anything is fetched.
 *
 * @param path The file; `undefined` or `-` for standard output.
 * @returns The output.
 * @throws {CommandError} The file cannot be written.
 */
export async function openOutput(path: string | undefined): Promise<Output> {
  if (path === undefined || path === "-") return new StandardOutput();
  try {
    const existing = await statOrNull(path);
    if (existing?.isDirectory) throw new CommandError(`Cannot write ${path}: it is a folder`);
    // A device or a pipe, such as /dev/null, must not be replaced by a file.
    if (existing !== null && !existing.isFile) {
      return new PlainFile(path, await Deno.open(path, { write: true }));
    }
    // A file that may not be written must not be replaced either; a link stays one.
    if (existing !== null) (await Deno.open(path, { write: true })).close();
    const target = existing === null ? path : await Deno.realPath(path);
    return await WholeFile.open(path, target, existing?.mode ?? undefined);
  } catch (error) {
    throw fileProblem(`Cannot write ${path}`, error);
  }
}

class StandardOutput implements Output {
  readonly name = "standard output";
  readonly writable = writableOf(this.name, Deno.stdout);

  complete(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** Something that is there and stays there. */
class PlainFile implements Output {
  readonly name: string;
  readonly writable: WritableStream<Uint8Array>;
  readonly #file: Deno.FsFile;

  constructor(name: string, file: Deno.FsFile) {
    this.name = name;
    this.writable = writableOf(name, file);
    this.#file = file;
  }

  complete(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#file.close();
    return Promise.resolve();
  }
}

/** A file that is written under another name in the same folder, and gets its own at the end. */
class WholeFile implements Output {
  readonly name: string;
  readonly writable: WritableStream<Uint8Array>;
  readonly #path: string;
  readonly #partPath: string;
  readonly #file: Deno.FsFile;
  #complete = false;

  private constructor(name: string, path: string, partPath: string, file: Deno.FsFile) {
    this.name = name;
    this.#path = path;
    this.#partPath = partPath;
    this.#file = file;
    this.writable = writableOf(name, file);
  }

  /** A file that replaces another keeps its mode: events are nobody else's business. */
  static async open(name: string, path: string, mode: number | undefined): Promise<WholeFile> {
    const unique = crypto.randomUUID().slice(0, 8);
    const partPath = `${path}.${unique}.part`;
    const file = await Deno.open(partPath, {
      write: true,
      createNew: true,
      mode: mode === undefined ? undefined : mode & 0o777,
    });
    return new WholeFile(name, path, partPath, file);
  }

  async complete(): Promise<void> {
    try {
      await this.#file.sync();
      await Deno.rename(this.#partPath, this.#path);
    } catch (error) {
      throw fileProblem(`Cannot write ${this.name}`, error);
    }
    this.#complete = true;
    await syncFolder(this.#path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#file.close();
    if (!this.#complete) await Deno.remove(this.#partPath).catch(() => {});
  }
}

/** Writes every byte; what goes wrong names where. */
function writableOf(
  name: string,
  sink: { write(bytes: Uint8Array): Promise<number> },
): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    async write(chunk) {
      try {
        for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await sink.write(rest));
      } catch (error) {
        throw fileProblem(`Cannot write ${name}`, error);
      }
    },
  });
}

/** The new name has to last as well. Not every system can do this, and none has to. */
async function syncFolder(path: string): Promise<void> {
  const folder = path.replace(/[^/\\]*$/, "") || ".";
  try {
    using opened = await Deno.open(folder);
    await opened.sync();
  } catch {
    // The file itself is safe.
  }
}

async function statOrNull(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
