/**
 * The events of a file beside those of a namespace, merged by global position.
 *
 * A copy has the same bytes as what it was copied from, so whole runs of lines are compared as bytes, and only
 * where they differ is a line looked at.
 *
 * @module
 */

import { LINE_END } from "../../record/line_end.ts";
import { EventoDBError } from "../../errors.ts";
import type { Message } from "../../message.ts";
import { differences } from "../../record/differences.ts";
import { bufferOf } from "../../record/line_head.ts";
import { parseRecord } from "../../record/parse.ts";
import { TimeSlice } from "../../tick.ts";
import { LineReader } from "./line_reader.ts";
import type { Problems } from "./problems.ts";

/** Bytes compared at once. */
const blockBytes = 1024;
/** How to compare. */
export interface CompareLinesOptions {
  /** Whether every event of the namespace has to be in the file. */
  complete: boolean;
  /** Where differences go. */
  problems: Problems;
  /** Ends it. */
  signal?: AbortSignal;
  /** Called now and then with the lines of the file that were compared so far. */
  onProgress?: (events: number, position: number) => void;
}

/**
 * Compares.
 *
 * @param file The file's lines. Those that are not records, and those that do not come in order, are passed over:
 * the verification of the file itself reports them.
 * @param store The namespace's lines, in ascending global position.
 * @param options Where differences go.
 * @throws {EventoDBError} `UNEXPECTED_ANSWER` when a line of the namespace is not a record; whatever reading throws.
 */
export async function compareLines(
  file: ReadableStream<Uint8Array>,
  store: ReadableStream<Uint8Array>,
  options: CompareLinesOptions,
): Promise<void> {
  const { signal, onProgress } = options;
  await using a = new LineReader(file);
  await using b = new LineReader(store);
  const comparison = new Comparison(a, b, options);
  const slice = new TimeSlice();
  while (true) {
    if (!a.hasLine || !b.hasLine) {
      signal?.throwIfAborted();
      onProgress?.(a.line - 1, comparison.position);
      const [hasOne, hasOther] = [await a.fill(), await b.fill()];
      if (!hasOne && !hasOther) return;
    }
    comparison.step();
    if (slice.isOver) await slice.next();
  }
}

class Comparison {
  /** Global position that was looked at last. */
  position = 0;
  readonly #file: LineReader;
  readonly #store: LineReader;
  readonly #complete: boolean;
  readonly #problems: Problems;
  /** The highest global position of the file that was looked at, where it was. */
  #last = -1;

  constructor(file: LineReader, store: LineReader, { complete, problems }: CompareLinesOptions) {
    this.#file = file;
    this.#store = store;
    this.#complete = complete;
    this.#problems = problems;
  }

  /** Deals with the next lines of both sides, or with the next line of one. */
  step(): void {
    const [file, store] = [this.#file, this.#store];
    const same = file.hasLine && store.hasLine ? sameBytes(file, store) : 0;
    if (same > 0) {
      this.#passSame(same);
      return;
    }
    const inFile = this.#filePosition();
    if (inFile === undefined) return;
    const inStore = store.hasLine ? storeHead(store).globalPosition : Infinity;
    this.position = Math.min(inFile, inStore);
    if (inFile < inStore) this.#missingInStore();
    else if (inFile > inStore) this.#missingInFile();
    else this.#compare();
  }

  #passSame(bytes: number): void {
    const [file, store] = [this.#file, this.#store];
    file.pass(bytes - lastLineBytes(file.bytes, file.start, file.start + bytes));
    this.position = this.#last = storeHead(file).globalPosition;
    file.nextLine();
    store.skip(bytes);
  }

  /** Position of the file's next event; `undefined` where a line was passed over instead. */
  #filePosition(): number | undefined {
    const file = this.#file;
    if (!file.hasLine) return Infinity;
    try {
      const { globalPosition } = file.head();
      if (globalPosition > this.#last) return globalPosition;
    } catch (error) {
      if (!(error instanceof EventoDBError)) throw error;
    }
    file.nextLine();
    return undefined;
  }

  #missingInStore(): void {
    const file = this.#file;
    const { globalPosition, stream, position } = file.head();
    this.#problems.add({
      kind: "missing_in_store",
      message: `global position ${globalPosition} (position ${position} of ${
        JSON.stringify(stream)
      }) is not in the namespace${this.#complete ? ", or not among what was selected" : ""}`,
      line: file.line,
      position: globalPosition,
      stream,
    });
    this.#nextOfFile(globalPosition);
  }

  #missingInFile(): void {
    const store = this.#store;
    if (this.#complete) {
      const { globalPosition, stream, position } = storeHead(store);
      this.#problems.add({
        kind: "missing_in_file",
        message: `global position ${globalPosition} (position ${position} of ${
          JSON.stringify(stream)
        }) is in the namespace, and not in the file`,
        position: globalPosition,
        stream,
      });
    }
    store.nextLine();
  }

  #compare(): void {
    const [file, store] = [this.#file, this.#store];
    const { globalPosition, stream } = file.head();
    const fields = differingFields(file.text(), store.text());
    if (fields.length > 0) {
      this.#problems.add({
        kind: "differs",
        message:
          `global position ${globalPosition} of the namespace is another event: they differ in ` +
          fields.join(", "),
        line: file.line,
        position: globalPosition,
        stream,
      });
    }
    store.nextLine();
    this.#nextOfFile(globalPosition);
  }

  #nextOfFile(globalPosition: number): void {
    this.#last = globalPosition;
    this.#file.nextLine();
  }
}

/** How many bytes of whole lines both begin with. */
function sameBytes(file: LineReader, store: LineReader): number {
  const a = bufferOf(file.bytes.subarray(file.start));
  const b = bufferOf(store.bytes.subarray(store.start));
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length) {
    const end = Math.min(at + blockBytes, length);
    if (a.compare(b, at, end, at, end) !== 0) break;
    at = end;
  }
  if (at === length) return length;
  while (a[at] === b[at]) at++;
  return at === 0 ? 0 : a.lastIndexOf(LINE_END, at - 1) + 1;
}

/** Bytes of the last of some whole lines. */
function lastLineBytes(bytes: Uint8Array, start: number, end: number): number {
  const before = end - start < 2 ? -1 : bytes.lastIndexOf(LINE_END, end - 2);
  return end - Math.max(before + 1, start);
}

function storeHead(store: LineReader) {
  try {
    return store.head();
  } catch (cause) {
    throw new EventoDBError(
      "UNEXPECTED_ANSWER",
      "Cannot compare with the namespace: a line of its export is not a record",
      { cause, details: { status: 200 } },
    );
  }
}

/** Which fields of two lines differ; none where the file's line is not a record, which is reported elsewhere. */
function differingFields(inFile: string, inStore: string): string[] {
  let record: Message;
  try {
    record = parseRecord(inFile, 1);
  } catch {
    return [];
  }
  return differences(record, parseRecord(inStore, 1));
}
