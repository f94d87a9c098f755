/**
 * Bytes of a file that are handed on only as the file that a manifest describes: the last of them are
 * held back until all have been counted and hashed.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { EventoDBError } from "../../errors.ts";
import { gunzip } from "../../gzip.ts";
import type { Manifest } from "./manifest.ts";

/** The file and its manifest. */
export interface CheckedFile {
  /** What the file is called in errors. */
  name: string;
  /** What the manifest is called in errors. */
  manifestName: string;
  /** What the file has to be. */
  manifest: Pick<Manifest, "bytes" | "sha256">;
  /** Whether the file is gzip data; the manifest is about what is in it. */
  gzip: boolean;
}

/**
 * Hands bytes on, and fails before the last of them if they are not those of the manifest. A consumer that takes
 * them has never had a whole file then, and an import of them is one that was cut off.
 *
 * @param body The file's bytes.
 * @param file The file and its manifest.
 * @returns The same bytes. The stream fails with `MANIFEST_MISMATCH`.
 */
export function checkedBytes(
  body: ReadableStream<Uint8Array>,
  file: CheckedFile,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const bytes = heldBack(reader, file.gzip ? new GunzippedHash(file) : new PlainHash(file));
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await bytes.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel(reason) {
      // First what is waited for: nothing else would end that.
      await reader.cancel(reason).catch(() => {});
      await bytes.return(undefined).catch(() => {});
    },
  }, { highWaterMark: 0 });
}

/**
 * The error of a file that is not the one that its manifest describes.
 *
 * @param file The file and its manifest.
 * @param problem How they differ.
 * @returns The error, to be thrown.
 */
export function mismatch(
  { name, manifestName }: Pick<CheckedFile, "name" | "manifestName">,
  problem: string,
): EventoDBError {
  return new EventoDBError(
    "MANIFEST_MISMATCH",
    `Cannot import ${name}: it is not the file that ${manifestName} describes: ${problem}`,
  );
}

interface Hash {
  add(chunk: Uint8Array): Promise<void>;
  /** Fails if the bytes are not those of the manifest. */
  end(): Promise<void>;
  /** Lets go of what it holds. */
  close(): Promise<void>;
}

async function* heldBack(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  hash: Hash,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      if (value.length === 0) continue;
      await hash.add(value);
      if (held !== undefined) yield held;
      held = value;
    }
    await hash.end();
    if (held !== undefined) yield held;
  } finally {
    await reader.cancel().catch(() => {});
    await hash.close();
  }
}

class PlainHash implements Hash {
  readonly #file: CheckedFile;
  readonly #hash = createHash("sha256");
  #bytes = 0;

  constructor(file: CheckedFile) {
    this.#file = file;
  }

  add(chunk: Uint8Array): Promise<void> {
    this.#bytes += chunk.length;
    this.#hash.update(chunk);
    const { bytes } = this.#file.manifest;
    if (this.#bytes <= bytes) return Promise.resolve();
    return Promise.reject(mismatch(this.#file, `it has more than ${bytes} bytes of events`));
  }

  end(): Promise<void> {
    const { bytes, sha256 } = this.#file.manifest;
    if (this.#bytes !== bytes) {
      return Promise.reject(
        mismatch(this.#file, `it has ${this.#bytes} bytes of events, not ${bytes}`),
      );
    }
    if (this.#hash.digest("hex") === sha256) return Promise.resolve();
    return Promise.reject(mismatch(this.#file, "its SHA-256 differs"));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class GunzippedHash implements Hash {
  readonly #plain: PlainHash;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #read: Promise<void>;

  constructor(file: CheckedFile) {
    this.#plain = new PlainHash(file);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    this.#writer = writable.getWriter();
    this.#read = this.#readAll(gunzip(readable));
    // It is looked at when the file has ended; until then a failure shows in the writing.
    this.#read.catch(() => {});
  }

  async add(chunk: Uint8Array): Promise<void> {
    // What has failed here has failed in the reading, which knows why.
    await this.#writer.write(chunk).catch(() => this.#read);
  }

  async end(): Promise<void> {
    await this.#writer.close().catch(() => this.#read);
    await this.#read;
    await this.#plain.end();
  }

  async close(): Promise<void> {
    await this.#writer.abort().catch(() => {});
    await this.#read.catch(() => {});
  }

  async #readAll(bytes: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of bytes) await this.#plain.add(chunk);
  }
}
