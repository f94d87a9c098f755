/**
 * Where an export goes: a file that appears under its name only when it is complete, or standard
 * output.
 *
 * @module
 */

import { outputChunksMax, symbolicLinksMax } from "../limits.ts";
import { privateFileMode } from "../../private_file.ts";
import { orAborted } from "../interrupt.ts";
import { fileProblem } from "./file_problem.ts";
import { CommandError } from "../problems.ts";

/** Names under which the system knows standard output. */
const standardOutputs = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/** Somewhere to write to. Disposing of it without `complete` leaves nothing behind. */
export interface Output extends AsyncDisposable {
  /** What it is called in messages. */
  readonly name: string;
  /** Whether none of it is visible before it is complete. */
  readonly isWhole: boolean;
  /** The file that is written, where it is one: a link is followed. */
  readonly path?: string;
  /** Takes the bytes. */
  readonly writable: WritableStream<Uint8Array>;
  /** Makes what was written durable, and gives it its name. */
  complete(): Promise<void>;
}

/** What an output is for. */
export interface OutputOptions {
  /** For its owner alone, also where a file of another mode is replaced. */
  isSecret?: boolean;
  /** Why a file that is there and holds something must stay, and what to do; it is replaced without. */
  keeps?: string;
}

/** Whether an output is standard output, by whatever name. */
export function isStandardOutput(path: string | undefined): boolean {
  return path === undefined || standardOutputs.includes(path);
}

/**
 * Opens an output, so that what is wrong with it shows before anything is fetched.
 *
 * @param path The file; `undefined` or `-` for standard output.
 * @param signal Ends the waiting for the reader of a named pipe.
 * @param options What it is for.
 * @throws {CommandError} The file cannot be written.
 */
export async function openOutput(
  path: string | undefined,
  signal?: AbortSignal,
  options: OutputOptions = {},
): Promise<Output> {
  if (path === undefined || isStandardOutput(path)) return new StandardOutput();
  try {
    const target = await followLinks(path);
    const existing = await statOrNull(target);
    if (existing?.isDirectory) throw new CommandError(`Cannot write ${path}: it is a folder`);
    // A device or a pipe, such as /dev/null, must not be replaced by a file.
    if (existing !== null && !existing.isFile) {
      return new PlainFile(path, await orAborted(Deno.open(target, { write: true }), signal));
    }
    if (options.keeps !== undefined && existing !== null && existing.size > 0) {
      throw new CommandError(`Cannot write ${path}: it already exists`, [options.keeps]);
    }
    // A file that may not be written must not be replaced either; a link stays one.
    if (existing !== null) (await Deno.open(target, { write: true })).close();
    else await checkFolder(path, folderOf(target));
    const mode = options.isSecret ? privateFileMode : existing?.mode ?? privateFileMode;
    return await WholeFile.open(path, target, mode);
  } catch (error) {
    throw fileProblem(`Cannot write ${path}`, error);
  }
}

/** The file that a name stands for, whether it is there or not: a link to it stays a link. */
async function followLinks(path: string): Promise<string> {
  let target = path;
  for (let links = 0; links < symbolicLinksMax; links++) {
    try {
      if (!(await Deno.lstat(target)).isSymlink) return target;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return target;
      throw error;
    }
    const next = await Deno.readLink(target);
    target = /^([/\\]|[A-Za-z]:)/.test(next) ? next : `${folderOf(target)}/${next}`;
  }
  throw new CommandError(`Cannot write ${path}: it is a link that points back to itself`);
}

async function checkFolder(path: string, folder: string): Promise<void> {
  if (await statOrNull(folder) !== null) return;
  throw new CommandError(
    `Cannot write ${path}: the folder ${folder} does not exist`,
    [`Create it first: mkdir -p ${folder}`],
  );
}

class StandardOutput implements Output {
  readonly name = "standard output";
  readonly isWhole = false;
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
  readonly isWhole = false;
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
  readonly isWhole = true;
  readonly writable: WritableStream<Uint8Array>;
  readonly path: string;
  readonly #partPath: string;
  readonly #file: Deno.FsFile;
  #complete = false;

  private constructor(name: string, path: string, partPath: string, file: Deno.FsFile) {
    this.name = name;
    this.path = path;
    this.#partPath = partPath;
    this.#file = file;
    this.writable = writableOf(name, file);
  }

  /**
   * A file that replaces another keeps its mode: events are private. The writer holds
   * a lock on what is unfinished, so that the next export can recognise what a killed one has left.
   */
  static async open(name: string, path: string, mode: number): Promise<WholeFile> {
    await removeLeftovers(path);
    for (;;) {
      const partPath = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
      const options = {
        createNew: true,
        mode: mode & 0o777,
      };
      const file = await Deno.open(partPath, { write: true, ...options }).catch((error) => {
        if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
        const folder = folderOf(path);
        throw new CommandError(
          `Cannot write ${name}: the system does not allow new files in the folder ${folder}`,
          ["The file is written under another name first. Choose a folder that you may write to"],
          { cause: error },
        );
      });
      try {
        // Another export may have taken it for a leftover before it was locked.
        if (await lock(file) === "lost" || await statOrNull(partPath) === null) {
          file.close();
          continue;
        }
      } catch (error) {
        file.close();
        throw error;
      }
      return new WholeFile(name, path, partPath, file);
    }
  }

  async complete(): Promise<void> {
    try {
      await this.#file.sync();
      await Deno.rename(this.#partPath, this.path);
    } catch (error) {
      throw fileProblem(`Cannot write ${this.name}`, error);
    }
    this.#complete = true;
    await syncFolder(this.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#file.close();
    if (!this.#complete) await Deno.remove(this.#partPath).catch(() => {});
  }
}

/** Removes what exports to the same file have left that were killed. Two that run leave each other alone. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = folderOf(path);
  const base = path.slice(path.replace(/[^/\\]*$/, "").length);
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile || !name.startsWith(`${base}.`)) continue;
      if (!/^\.[0-9a-f]{8}\.part$/.test(name.slice(base.length))) continue;
      const leftover = `${folder}/${name}`;
      using file = await Deno.open(leftover, { write: true });
      if (await lock(file) === "held") await Deno.remove(leftover);
    }
  } catch {
    // They do no harm.
  }
}

/** Locks a file for as long as it is open. Not every file system can. */
async function lock(file: Deno.FsFile): Promise<"held" | "lost" | "impossible"> {
  try {
    return await file.tryLock(true) ? "held" : "lost";
  } catch {
    return "impossible";
  }
}

function folderOf(path: string): string {
  return path.replace(/[^/\\]*$/, "").replace(/(?<=[^:])[/\\]$/, "") || ".";
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
  }, { highWaterMark: outputChunksMax });
}

/** The new name has to last as well. Not every system can do this, and none has to. */
async function syncFolder(path: string): Promise<void> {
  try {
    using opened = await Deno.open(folderOf(path));
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
