/**
 * A file for what does not fit in memory, gone when it is disposed of.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { EventoDBError } from "../errors.ts";

/** Bytes read or written at once. */
const chunkBytes = 256 * 1024;

/** A part of the file. */
export interface FileSpan {
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset after its last byte. */
  readonly end: number;
}

/** A temporary file that grows span by span, and from which spans are read again. */
export class TemporaryFile implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #bytes = 0;

  /**
   * Makes the file, where the system keeps such files.
   *
   * @throws {EventoDBError} `BACKEND_ERROR` when the system refuses.
   */
  constructor() {
    try {
      this.#path = Deno.makeTempFileSync({ prefix: "eventodb-" });
      this.#file = Deno.openSync(this.#path, { read: true, write: true });
    } catch (error) {
      throw failure("create", error);
    }
    // Without its name it goes with the process, also with one that is killed; Windows needs the name.
    if (Deno.build.os !== "windows") Deno.removeSync(this.#path);
  }

  /**
   * Appends bytes.
   *
   * @param chunks The bytes.
   * @returns Where they are.
   * @throws {EventoDBError} `BACKEND_ERROR` when the system refuses, such as on a full disk.
   */
  append(chunks: Iterable<Uint8Array>): FileSpan {
    const start = this.#bytes;
    this.#file.seekSync(start, Deno.SeekMode.Start);
    for (const chunk of chunks) this.#write(chunk);
    return { start, end: this.#bytes };
  }

  /**
   * Reads a span. Several may be read alternately.
   *
   * @returns Its bytes, in chunks, each in memory of its own.
   */
  *read({ start, end }: FileSpan): Generator<Uint8Array<ArrayBuffer>> {
    for (let at = start; at < end; at += chunkBytes) {
      const chunk = new Uint8Array(Math.min(chunkBytes, end - at));
      this.readInto(at, chunk);
      yield chunk;
    }
  }

  /**
   * Reads as many bytes as there is memory for.
   *
   * @param start Offset of the first of them.
   * @param bytes Takes them.
   */
  readInto(start: number, bytes: Uint8Array): void {
    this.#file.seekSync(start, Deno.SeekMode.Start);
    for (let read = 0; read < bytes.length;) {
      const count = this.#file.readSync(bytes.subarray(read));
      if (count === null) throw new Error("The temporary file was cut while it was in use");
      read += count;
    }
  }

  /**
   * Reads a span of lines.
   *
   * @param span The span: one byte a character, each line with its line end.
   * @returns The lines, without it.
   */
  *readLines(span: FileSpan): Generator<string> {
    let begun = "";
    for (const chunk of this.read(span)) {
      const lines = (begun + latin1(chunk)).split("\n");
      begun = lines.pop()!;
      yield* lines;
    }
  }

  #write(chunk: Uint8Array): void {
    try {
      for (let rest = chunk; rest.length > 0;) rest = rest.subarray(this.#file.writeSync(rest));
    } catch (error) {
      throw failure("write", error);
    }
    this.#bytes += chunk.length;
  }

  /** Takes the file away. */
  [Symbol.dispose](): void {
    this.#file.close();
    if (Deno.build.os === "windows") Deno.removeSync(this.#path);
  }
}

/**
 * Lines as bytes, gathered into chunks.
 *
 * @param lines The lines, one byte a character, without line ends.
 */
export function* encodeLines(lines: Iterable<string>): Generator<Uint8Array> {
  let text = "";
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < chunkBytes) continue;
    yield Buffer.from(text, "latin1");
    text = "";
  }
  if (text.length > 0) yield Buffer.from(text, "latin1");
}

/** What went wrong with the file. What Deno may not do is told elsewhere, with the option that allows it. */
function failure(action: "create" | "write", error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) return error;
  const [reason] = /^.*?\(os error \d+\)/.exec(error.message) ?? [error.message];
  const variable = Deno.build.os === "windows" ? "TMP" : "TMPDIR";
  return new EventoDBError(
    "BACKEND_ERROR",
    `Cannot ${action} a temporary file: ${reason}. Make room in the system's folder for such files, or name ` +
      `another one in the environment variable ${variable}`,
    { cause: error },
  );
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}
