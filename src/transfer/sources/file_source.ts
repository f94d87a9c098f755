/**
 * A file of events as the source of an export: a slice of a slice, without a server.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { EventoDBError } from "../../errors.ts";
import { formatPacked } from "../../record/format.ts";
import { bufferOf, keyOfBytes, nameOfKey } from "../../record/line_head.ts";
import { packedBatches } from "../../record/packed_batches.ts";
import { Packed, packedNumbers, type PackedRecords } from "../../record/packed_records.ts";
import { SliceFilter } from "../../slice/slice_filter.ts";
import { unreadable } from "../../slice/unreadable.ts";
import { isWithin } from "../../slice/window.ts";
import { categoryOf } from "../../stream_name.ts";
import type { ExportSource, SourceLines, SourceQuery } from "../export.ts";

/** Reads a file of events. */
export class FileSource implements ExportSource {
  readonly #name: string;
  readonly #open: () => Promise<ReadableStream<Uint8Array>>;
  readonly #action: string;

  /**
   * @param name What the file is called in errors.
   * @param open Opens its lines, uncompressed.
   * @param action What cannot be done where they are not records, or not in order.
   */
  constructor(
    name: string,
    open: () => Promise<ReadableStream<Uint8Array>>,
    action = "Cannot export from",
  ) {
    this.#name = name;
    this.#open = open;
    this.#action = action;
  }

  /** Not known before it has been read. */
  lastPosition(): Promise<null> {
    return Promise.resolve(null);
  }

  /** Every line is read, by the rules of an import. */
  read(query: SourceQuery): AsyncIterable<SourceLines> {
    return this.#lines(query);
  }

  /** All of the file, without making lines of it again. */
  async *records(
    signal?: AbortSignal,
    spare: PackedRecords[] = [],
  ): AsyncGenerator<PackedRecords> {
    let last = 0;
    for await (const batch of this.#batches(signal, spare)) {
      const { length, numbers } = batch;
      for (let at = 0; at < length * packedNumbers; at += packedNumbers) {
        const globalPosition = numbers[at + Packed.globalPosition]!;
        // Here, since the line can be named: what an export writes is guarded once more.
        if (globalPosition <= last) {
          const line = numbers[at + Packed.line]!;
          throw notInOrder(`${this.#action} ${this.#name}`, line, globalPosition, last);
        }
        last = globalPosition;
      }
      yield batch;
    }
  }

  async *#batches(
    signal: AbortSignal | undefined,
    spare: PackedRecords[],
  ): AsyncGenerator<PackedRecords> {
    try {
      yield* packedBatches(await this.#open(), { signal, spare });
    } catch (error) {
      throw unreadable(error, `${this.#action} ${this.#name}`);
    }
  }

  async *#lines(query: SourceQuery): AsyncGenerator<SourceLines> {
    const { from, to = Infinity, since, until, signal } = query;
    const isTimeless = since === undefined && until === undefined;
    const categories = query.categories && new Set(query.categories);
    // By its stream alone: the caller finds out which patterns match nothing.
    const filter = SliceFilter.of({ streams: query.slice?.streams });
    const head = new RecordHead();
    // What comes after `to` still has to be looked at: a damaged file is not exported.
    const spare: PackedRecords[] = [];
    for await (const batch of this.records(signal, spare)) {
      const wanted: number[] = [];
      let last = 0;
      for (let i = 0; i < batch.length; i++) {
        head.read(batch, i);
        if (head.globalPosition < from || head.globalPosition > to) continue;
        if (categories !== undefined && !categories.has(categoryOf(head.stream))) continue;
        if (filter?.wants(head) === false) continue;
        last = head.globalPosition;
        if (isTimeless || isWithin(head.time, query)) wanted.push(i);
      }
      if (last > 0) yield { bytes: formatPacked(batch, wanted), last };
      spare.push(batch);
    }
  }
}

/** The beginning of a record: one object serves all of them. */
class RecordHead {
  globalPosition = 0;
  #buffer: Buffer = Buffer.alloc(0);
  #numbers: Float64Array = new Float64Array();
  #at = 0;

  read({ bytes, numbers }: PackedRecords, index: number): void {
    if (index === 0) this.#buffer = bufferOf(bytes);
    this.#numbers = numbers;
    this.#at = index * packedNumbers;
    this.globalPosition = numbers[this.#at + Packed.globalPosition]!;
  }

  get streamKey(): string {
    return this.#keyAt(Packed.stream);
  }

  get stream(): string {
    return nameOfKey(this.streamKey);
  }

  get typeKey(): string {
    return this.#keyAt(Packed.type);
  }

  get type(): string {
    return nameOfKey(this.typeKey);
  }

  /** In UTC. */
  get time(): string {
    return this.#keyAt(Packed.time);
  }

  #keyAt(field: number): string {
    const at = this.#at + field;
    return keyOfBytes(this.#buffer, this.#numbers[at]!, this.#numbers[at + 1]!);
  }
}

function notInOrder(
  action: string,
  line: number,
  globalPosition: number,
  last: number,
): EventoDBError {
  return new EventoDBError(
    "INVALID_RECORD",
    `${action}: global position ${globalPosition} on line ${line} comes after ${last}`,
    { line },
  );
}
