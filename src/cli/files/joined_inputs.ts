/**
 * Several inputs as one: their lines one after the other, each input checked as if it were alone.
 *
 * @module
 */

import { LINE_END } from "../../record/line_end.ts";
import { withoutMark } from "../../record/blank.ts";
import { RecordCount } from "../../record/record_count.ts";
import { unreadable } from "../../slice/unreadable.ts";
import { type Input, openInput } from "./input.ts";
import type { FoundManifest } from "./manifest_file.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What is asked about each input. */
export interface JoinedOptions {
  /** Refuses an input by its beginning: asked of all before the first is read, and again before it is read itself. */
  check(input: Input): Promise<void>;
  /** Finds the manifest of an input; fails where the input is seen to be another one. */
  manifestOf(input: Input): Promise<FoundManifest | undefined>;
  /** Called with how many records an input had. What it throws ends the reading. */
  atEnd(input: Input, records: number): void;
  /** Ends the waiting for the first bytes. */
  signal?: AbortSignal;
}

/** An input that was looked at. */
interface Part {
  readonly path: string;
  readonly name: string;
  readonly size?: number;
  readonly manifest?: FoundManifest;
  /** What cannot be opened again, such as a pipe, stays open. */
  readonly open?: Input;
}

/** Several inputs. Their lines are plain text, whether they were compressed or not. */
export class JoinedInputs implements AsyncDisposable {
  /** What they are called in messages. */
  readonly name: string;
  /** They are not one file. */
  readonly path = undefined;
  /** How large they are together; `undefined` where that is not known. */
  readonly size: number | undefined;
  /** What is handed on is not compressed. */
  readonly gzip = false;
  /** Whether it begins without a record is not known. */
  readonly isBlank = false;
  /** The lines. Can be taken once. */
  readonly stream: ReadableStream<Bytes>;
  readonly #parts: readonly Part[];
  readonly #options: JoinedOptions;
  /** Where the lines of each input that was begun start: how many are before it. */
  readonly #starts: { name: string; before: number }[] = [];
  #lines = 0;
  #bytesBefore = 0;
  #current: Input | undefined;

  private constructor(parts: readonly Part[], options: JoinedOptions) {
    this.#parts = parts;
    this.#options = options;
    this.name = nameOf(parts.map(({ name }) => name));
    const sizes = parts.map(({ size }) => size);
    this.size = sizes.reduce(
      (sum, size) => sum === undefined || size === undefined ? undefined : sum + size,
      0,
    );
    this.stream = streamOf(this.#read(), () => this[Symbol.asyncDispose]());
  }

  /**
   * Looks at all of them.
   *
   * @param paths Where they are; `-` for standard input.
   * @param options What is asked about each.
   * @returns All of them as one.
   * @throws {CommandError} One cannot be read; whatever the questions throw.
   */
  static async open(paths: readonly string[], options: JoinedOptions): Promise<JoinedInputs> {
    const parts: Part[] = [];
    try {
      for (const path of paths) {
        const input = await openInput(path, options.signal);
        // Registered first, so that it is closed where a check fails.
        const { name, size } = input;
        parts.push({ path, name, size, open: input });
        await options.check(input);
        const manifest = await options.manifestOf(input);
        parts[parts.length - 1] = {
          path,
          name,
          size,
          manifest,
          open: size === undefined ? input : undefined,
        };
        if (size !== undefined) await input[Symbol.asyncDispose]();
      }
      return new JoinedInputs(parts, options);
    } catch (error) {
      for (const { open } of parts) await open?.[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** How many bytes of the inputs have been read. */
  get bytesRead(): number {
    return this.#bytesBefore + (this.#current?.bytesRead ?? 0);
  }

  /**
   * Finds where a line stands.
   *
   * @param line A line of the whole, from 1.
   * @returns The input, and the line in it; `undefined` for a line that has not been read.
   */
  locate(line: number): { name: string; line: number } | undefined {
    const start = this.#starts.findLast(({ before }) => before < line);
    return start === undefined ? undefined : { name: start.name, line: line - start.before };
  }

  /** Closes what is open. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#current?.[Symbol.asyncDispose]();
    for (const { open } of this.#parts) await open?.[Symbol.asyncDispose]();
  }

  async *#read(): AsyncGenerator<Bytes> {
    for (const part of this.#parts) {
      try {
        yield* this.#readPart(part);
      } catch (error) {
        throw unreadable(error, `Cannot import ${part.name}`);
      }
    }
  }

  async *#readPart({ path, name, manifest, open }: Part): AsyncGenerator<Bytes> {
    const { check, atEnd, signal } = this.#options;
    const input = this.#current = open ?? await openInput(path, signal);
    // It may be another one by now.
    if (open === undefined) await check(input);
    const before = this.#lines;
    this.#starts.push({ name, before });
    const count = new RecordCount();
    let last: number | undefined;
    const counted = count.of(
      await linesOf(input, manifest),
      () => atEnd(input, count.records),
    );
    // The server would take a mark for a part of the line that the file before it ends with.
    for await (const chunk of withoutMark(counted)) {
      this.#lines = before + count.lineEnds;
      last = chunk.at(-1) ?? last;
      yield chunk as Bytes;
    }
    if (last !== undefined && last !== LINE_END) {
      yield Uint8Array.of(LINE_END);
      this.#lines++;
    }
    this.#bytesBefore += input.bytesRead;
    this.#current = undefined;
    await input[Symbol.asyncDispose]();
  }
}

/** An input's lines: decompressed, and those of its manifest. */
async function linesOf(
  input: Input,
  found: FoundManifest | undefined,
): Promise<ReadableStream<Uint8Array>> {
  let bytes: ReadableStream<Uint8Array> = input.stream;
  if (input.gzip) {
    const { gunzip } = await import("../../gzip.ts");
    bytes = gunzip(bytes);
  }
  if (found !== undefined) {
    const { checkedBytes } = await import("../../slice/manifest/checked_bytes.ts");
    const { path, manifest } = found;
    bytes = checkedBytes(bytes, { name: input.name, manifestName: path, manifest, gzip: false });
  }
  return bytes;
}

function streamOf(
  chunks: AsyncGenerator<Bytes>,
  close: () => Promise<void>,
): ReadableStream<Bytes> {
  return new ReadableStream<Bytes>({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      // First what is waited for: nothing else would end that.
      await close();
      await chunks.return(undefined).catch(() => {});
    },
  }, { highWaterMark: 0 });
}

/** Up to three are named. */
function nameOf(names: readonly string[]): string {
  const [first, ...others] = names;
  if (others.length > 2) return `${first} and ${others.length} other files`;
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
