/**
 * Generated histories as files: what an import reads, and the same rows for the raw engines.
 *
 * @module
 */

import { correlationCategory } from "../src/store/correlation.ts";
import type { Message } from "../src/message.ts";
import { formatRecord } from "../src/record/format.ts";
import { encodeRow } from "../src/store/postgres/import/copy.ts";
import { categoryOf } from "../src/stream_name.ts";
import { history, type HistoryOptions, type Shape } from "./generator.ts";

/** A form that a history is written in. */
export type Form = keyof typeof forms;

/** How each form writes an event. */
const forms = {
  /** What `eventodb import` reads. */
  ndjson: (message: Message): string => `${formatRecord(message)}\n`,
  /** What `sqlite3` reads in its mode `ascii`: fields end with U+001F, rows with U+001E. */
  ascii: (message: Message): string =>
    [
      message.globalPosition,
      message.id,
      message.stream,
      message.type,
      message.position,
      message.time.slice(0, -1),
      correlationCategory(message.metadata) ?? "",
      message.data,
      message.metadata ?? "",
      categoryOf(message.stream),
    ].join("\x1f") + "\x1e",
  /** What COPY reads. */
  copy: encodeRow,
};

/** Histories of one seed, each written when it is first needed. */
export class Histories {
  readonly #folder: string;
  /** What they are made from. */
  readonly seed: number;
  readonly #files = new Map<string, Promise<string>>();

  /**
   * @param folder Where the files go.
   * @param seed What they are made from.
   */
  constructor(folder: string, seed: number) {
    this.#folder = folder;
    this.seed = seed;
  }

  /**
   * A history as a file.
   *
   * @param shape Its shape.
   * @param events How many events.
   * @param form The form.
   * @returns The file's path.
   */
  file(shape: Shape, events: number, form: Form = "ndjson"): Promise<string> {
    const path = `${this.#folder}/${shape}-${events}.${form}`;
    let written = this.#files.get(path);
    if (written === undefined) {
      written = writeHistory(path, { shape, events, seed: this.seed }, forms[form])
        .then(() => path);
      this.#files.set(path, written);
    }
    return written;
  }
}

async function writeHistory(
  path: string,
  options: HistoryOptions,
  format: (message: Message) => string,
): Promise<void> {
  const encoder = new TextEncoder();
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  for (const batch of history(options)) {
    let bytes = encoder.encode(batch.map(format).join(""));
    while (bytes.length > 0) bytes = bytes.subarray(await file.write(bytes));
  }
}
