/**
 * The readings of a file of events: one that counts and finds what looks wrong, and a second one where something
 * does, in which it is known what to look for. So memory stays flat however large the file is.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { repeatLinesMax, repeatSuspectsMax } from "../limits.ts";
import { bufferOf, keyOfBytes, nameOfKey } from "../../record/line_head.ts";
import { packedBatches } from "../../record/packed_batches.ts";
import { Packed, packedNumbers, type PackedRecords } from "../../record/packed_records.ts";
import { type Problem, Problems } from "./problems.ts";
import { TimeSlice } from "../../tick.ts";
import { hashOf, RepeatFinder } from "./repeat_finder.ts";
import { Tally } from "../manifest/tally.ts";

/** What to read. */
export interface ExamineInput {
  /** Opens the bytes of the lines, uncompressed. Called again where something has to be looked at twice. */
  open(): ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>;
  /** Ends it. */
  signal?: AbortSignal;
  /** Called after each batch with the events so far. */
  onProgress?: (events: number, position: number) => void;
}

/** What was read. Disposed of, it takes its temporary files away. */
export interface Examined extends Disposable {
  /** What was counted. */
  readonly tally: Tally;
  /** SHA-256 of the bytes, in hex. */
  readonly sha256: string;
  /** What is wrong. */
  readonly problems: Problems;
  /** How often a global position is not the next one. */
  readonly gaps: number;
}

/**
 * Reads events, and looks whether every line is a record, positions ascend, and nothing is there twice.
 *
 * @param input Where they are.
 * @param onBatch Called with each batch of the first reading.
 * @returns What was found.
 * @throws {EventoDBError} `INPUT_CHANGED` when the bytes changed between two readings; whatever reading throws.
 */
export async function examine(
  input: ExamineInput,
  onBatch?: (batch: PackedRecords) => void,
): Promise<Examined> {
  const reading = new FirstReading();
  try {
    await reading.read(input, onBatch);
    const { tally, problems, gaps } = reading;
    const sha256 = tally.sha256();
    const suspects = await reading.suspects();
    if (suspects.any) await new SecondReading(suspects, problems).read(input, sha256);
    return { tally, sha256, problems, gaps, [Symbol.dispose]: () => reading[Symbol.dispose]() };
  } catch (error) {
    reading[Symbol.dispose]();
    throw error;
  }
}

/** What has to be looked at again. */
interface Suspects {
  any: boolean;
  /** Global positions that are not above all before them. */
  positions: Set<number>;
  /** Streams with a position that is not above all before it. */
  streams: Set<string>;
  /** Hashes of ids that came more than once. */
  ids: Set<bigint>;
}

/** Counts, and collects what looks wrong. */
class FirstReading implements Disposable {
  readonly tally = new Tally();
  readonly problems = new Problems();
  gaps = 0;
  readonly #ids = new RepeatFinder();
  readonly #positions = new Set<number>();
  #highest = 0;

  async read(
    { open, signal, onProgress }: ExamineInput,
    onBatch?: (batch: PackedRecords) => void,
  ): Promise<void> {
    const spare: PackedRecords[] = [];
    const batches = packedBatches(hashed(await open(), this.tally), {
      signal,
      spare,
      onBadLine: ({ message, line }) =>
        this.problems.add({
          kind: "bad_line",
          message: message.replace(/^Cannot import line \d+: /, ""),
          line,
        }),
    });
    for await (const batch of batches) {
      await this.tally.makeRoom();
      this.#add(batch);
      onBatch?.(batch);
      spare.push(batch);
      onProgress?.(this.tally.events, this.#highest);
    }
  }

  async suspects(): Promise<Suspects> {
    await this.tally.sort();
    const positions = this.#positions;
    const ids = (await this.#ids.suspects()).hashes;
    const streams = new Set<string>();
    const slice = new TimeSlice();
    for (const stream of this.tally.descending()) {
      if (streams.size < repeatSuspectsMax) streams.add(stream);
      if (slice.isOver) await slice.next();
    }
    return {
      any: positions.size + streams.size + ids.size > 0,
      positions,
      streams,
      ids,
    };
  }

  [Symbol.dispose](): void {
    this.tally[Symbol.dispose]();
    this.#ids[Symbol.dispose]();
  }

  #add({ length, bytes, numbers }: PackedRecords): void {
    for (let at = 0; at < length * packedNumbers; at += packedNumbers) {
      const globalPosition = numbers[at + Packed.globalPosition]!;
      if (globalPosition > this.#highest) {
        if (globalPosition !== this.#highest + 1 && this.#highest > 0) this.gaps++;
        this.#highest = globalPosition;
      } else if (this.#positions.size < repeatSuspectsMax) this.#positions.add(globalPosition);
      this.#ids.add(bytes, numbers[at + Packed.id]!, numbers[at + Packed.id + 1]!);
      const [start, end] = [numbers[at + Packed.stream]!, numbers[at + Packed.stream + 1]!];
      this.tally.add(bytes, start, end, numbers[at + Packed.position]!, globalPosition);
    }
  }
}

/** Looks at what seemed wrong, with the lines. */
class SecondReading {
  readonly #suspects: Suspects;
  readonly #problems: Problems;
  readonly #positions = new Map<number, number>();
  readonly #ids = new Map<string, number>();
  readonly #streams = new Map<string, { highest: number; lines: Map<number, number> }>();
  /** Positions of streams whose lines are remembered. */
  #lines = 0;
  #highest = 0;

  constructor(suspects: Suspects, problems: Problems) {
    this.#suspects = suspects;
    this.#problems = problems;
  }

  async read({ open, signal }: ExamineInput, sha256: string): Promise<void> {
    using tally = new Tally();
    const batches = packedBatches(hashed(await open(), tally), { signal, onBadLine: () => {} });
    for await (const batch of batches) this.#look(batch);
    if (tally.sha256() !== sha256) {
      throw new EventoDBError(
        "INPUT_CHANGED",
        "Cannot verify the file: it changed while it was read. Verify it again",
      );
    }
  }

  #look({ length, bytes, numbers }: PackedRecords): void {
    const buffer = bufferOf(bytes);
    for (let at = 0; at < length * packedNumbers; at += packedNumbers) {
      const line = numbers[at + Packed.line]!;
      const globalPosition = numbers[at + Packed.globalPosition]!;
      const key = keyOfBytes(
        buffer,
        numbers[at + Packed.stream]!,
        numbers[at + Packed.stream + 1]!,
      );
      const stream = nameOfKey(key);
      const where = { line, position: globalPosition, stream };
      this.#lookAtPosition(globalPosition, where);
      if (this.#suspects.streams.has(key)) {
        this.#lookAtStream(key, numbers[at + Packed.position]!, where);
      }
      const start = numbers[at + Packed.id]!;
      const end = numbers[at + Packed.id + 1]!;
      if (this.#suspects.ids.size > 0 && this.#suspects.ids.has(hashOf(bytes, start, end))) {
        this.#lookAtId(keyOfBytes(buffer, start, end), where);
      }
    }
  }

  #lookAtPosition(globalPosition: number, where: Omit<Problem, "kind" | "message">): void {
    const isSuspect = this.#suspects.positions.has(globalPosition);
    const earlier = this.#positions.get(globalPosition);
    if (earlier !== undefined) {
      this.#problems.add({
        kind: "position_twice",
        message: `global position ${globalPosition} is that of line ${earlier} too`,
        ...where,
      });
    } else if (globalPosition === this.#highest) {
      // Where there are more suspects than are remembered.
      this.#problems.add({
        kind: "position_twice",
        message: `global position ${globalPosition} is that of the line before it too`,
        ...where,
      });
    } else if (globalPosition < this.#highest) {
      this.#problems.add({
        kind: "order",
        message: `global position ${globalPosition} comes after ${this.#highest}`,
        ...where,
      });
    }
    if (isSuspect && earlier === undefined) this.#positions.set(globalPosition, where.line!);
    this.#highest = Math.max(this.#highest, globalPosition);
  }

  #lookAtStream(key: string, position: number, where: Omit<Problem, "kind" | "message">): void {
    let stream = this.#streams.get(key);
    if (stream === undefined) this.#streams.set(key, stream = { highest: -1, lines: new Map() });
    const earlier = stream.lines.get(position);
    if (earlier !== undefined || position === stream.highest) {
      const other = earlier === undefined ? "the event before it" : `line ${earlier}`;
      this.#problems.add({
        kind: "stream_position_twice",
        message: `position ${position} of ${JSON.stringify(where.stream)} is that of ${other} too`,
        ...where,
      });
    } else if (position < stream.highest) {
      this.#problems.add({
        kind: "order",
        message: `position ${position} of ${JSON.stringify(where.stream)} comes after ` +
          `${stream.highest}`,
        ...where,
      });
    }
    // Beyond the bound a repetition that is not of the event before counts as one of order.
    if (this.#lines < repeatLinesMax) {
      stream.lines.set(position, where.line!);
      this.#lines++;
    }
    stream.highest = Math.max(stream.highest, position);
  }

  #lookAtId(key: string, where: Omit<Problem, "kind" | "message">): void {
    const earlier = this.#ids.get(key);
    if (earlier === undefined) this.#ids.set(key, where.line!);
    else {
      this.#problems.add({
        kind: "id_twice",
        message: `message id ${JSON.stringify(nameOfKey(key))} is that of line ${earlier} too`,
        ...where,
      });
    }
  }
}

function hashed(
  body: ReadableStream<Uint8Array>,
  tally: Tally,
): ReadableStream<Uint8Array> {
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        tally.addBytes(chunk);
        controller.enqueue(chunk);
      },
    }),
  );
}
