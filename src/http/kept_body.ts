/**
 * A request's body that is read more than once: it is kept in a temporary file meanwhile.
 *
 * @module
 */

import { concat } from "../deps/concat.ts";
import { EventoDBError } from "../errors.ts";
import { gunzip } from "../gzip.ts";
import { verifiedBodyBytesMax } from "./limits.ts";
import { type Beginning, isEnough, lookAt } from "../record/beginning.ts";
import { describe } from "../record/content.ts";
import { type FileSpan, TemporaryFile } from "../slice/temporary_file.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A body on disk. */
export class KeptBody implements Disposable {
  readonly #file: TemporaryFile;
  readonly #span: FileSpan;
  readonly #isGzip: boolean;

  private constructor(file: TemporaryFile, span: FileSpan, isGzip: boolean) {
    this.#file = file;
    this.#span = span;
    this.#isGzip = isGzip;
  }

  /**
   * Reads a body to its end.
   *
   * @param isGzip Whether it is said to be compressed. One that begins like gzip data is, too.
   * @returns What was kept of it.
   * @throws {EventoDBError} `REQUEST_TOO_LARGE`; `INVALID_JSON` when its first bytes show that it cannot be
   * records; what reading throws.
   */
  static async of(body: ReadableStream<Uint8Array>, isGzip: boolean): Promise<KeptBody> {
    using undo = new DisposableStack();
    const file = undo.use(new TemporaryFile());
    let end = 0;
    // A chunk's memory may be filled again once the next one is asked for.
    for await (const chunk of body) {
      ({ end } = file.append([chunk]));
      if (end > verifiedBodyBytesMax) throw tooLarge();
    }
    const span = { start: 0, end };
    const { content, gzip } = await beginningOf(file, span);
    if (content !== undefined) {
      throw new EventoDBError("INVALID_JSON", `Cannot verify the body: ${describe(content)}`);
    }
    undo.move();
    return new KeptBody(file, span, isGzip || gzip);
  }

  /** The bytes of its lines, uncompressed, from the beginning on. */
  lines(): ReadableStream<Uint8Array> {
    const chunks = this.#file.read(this.#span);
    const stored = new ReadableStream<Bytes>({
      pull(controller) {
        const { value, done } = chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    }, { highWaterMark: 0 });
    return this.#isGzip ? gunzip(stored) : stored;
  }

  /** Takes the file away. */
  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}

async function beginningOf(file: TemporaryFile, span: FileSpan): Promise<Beginning> {
  let bytes: Bytes = new Uint8Array();
  for (const chunk of file.read(span)) {
    bytes = concat([bytes, chunk]);
    if (isEnough(bytes)) break;
  }
  return await lookAt(bytes, bytes.length === span.end);
}

function tooLarge(): EventoDBError {
  return new EventoDBError(
    "REQUEST_TOO_LARGE",
    `Cannot verify the body: it is larger than ${
      verifiedBodyBytesMax.toLocaleString("en-US")
    } bytes. Compress it, or verify it with eventodb verify FILE --url`,
  );
}
