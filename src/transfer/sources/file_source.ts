/**
 * A file of events as the source of an export: a slice of a slice, without a server.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import type { Message } from "../../message.ts";
import { packedBatches } from "../../record/packed_batches.ts";
import { type PackedRecords, unpackRecords } from "../../record/packed_records.ts";
import { unreadable } from "../../slice/unreadable.ts";
import { categoryOf } from "../../stream_name.ts";
import type { ExportSource, SourceLines, SourceQuery } from "../export.ts";
import { messageLines } from "../reading/message_lines.ts";

/** Reads a file of events. */
export class FileSource implements ExportSource {
  readonly #name: string;
  readonly #open: () => Promise<ReadableStream<Uint8Array>>;
  readonly #action: string;

  /**
   * @param name What the file is called in errors.
   * @param open Opens its lines, uncompressed.
   * @param action What cannot be done where they are no records, or not in order.
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
    return messageLines(this.#pages(query), query);
  }

  async *#batches(signal: AbortSignal | undefined): AsyncGenerator<PackedRecords> {
    try {
      yield* packedBatches(await this.#open(), { signal });
    } catch (error) {
      throw unreadable(error, `${this.#action} ${this.#name}`);
    }
  }

  async *#pages(
    { categories, from, to = Infinity, signal }: SourceQuery,
  ): AsyncGenerator<Message[]> {
    const wanted = categories === undefined ? undefined : new Set(categories);
    let last = 0;
    for await (const batch of this.#batches(signal)) {
      const page: Message[] = [];
      for (const { line, ...message } of unpackRecords(batch)) {
        const { globalPosition, stream } = message;
        // Here, since the line can be named: what an export writes is guarded once more.
        if (globalPosition <= last) {
          throw notInOrder(`${this.#action} ${this.#name}`, line, globalPosition, last);
        }
        last = globalPosition;
        // What comes later is above it too, and still has to be looked at: a damaged file is none.
        if (globalPosition < from || globalPosition > to) continue;
        if (wanted?.has(categoryOf(stream)) ?? true) page.push(message);
      }
      if (page.length > 0) yield page;
    }
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
