/**
 * How two sets of events differ: merged by global position, in flat memory.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { differencesNamedMax } from "../limits.ts";
import type { Message } from "../../message.ts";
import { packedBatches } from "../../record/packed_batches.ts";
import { unpackRecords } from "../../record/packed_records.ts";
import { type JsonDifference, jsonDifferences, shownText } from "./json_difference.ts";
import { unreadable } from "../unreadable.ts";

/** A field by its name in a record. */
export type DiffField = "id" | "stream" | "type" | "pos" | "data" | "meta" | "time";

/** One of two sets of events. */
export interface DiffSide {
  /** What it is called in errors. */
  name: string;
  /** Opens its lines, uncompressed, in ascending global position. */
  open(): ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>;
}

/** How to compare. */
export interface DiffOptions {
  /** Fields whose differences do not count. */
  ignore?: readonly DiffField[];
  /** Ends it. */
  signal?: AbortSignal;
  /** Called now and then with the events of both sides so far. */
  onProgress?: (events: number, position: number) => void;
}

/** A field in which two events differ. */
export interface FieldDifference {
  /** The field. */
  field: DiffField;
  /** Its text on one side; `null` for metadata that is not there. */
  a: string | null;
  /** Its text on the other side. */
  b: string | null;
  /** For `data` and `meta`: where they differ. */
  paths?: JsonDifference[];
}

/** A global position at which the two sides differ. */
export interface EventDifference {
  /** The event is only on one side, or on both with other content. */
  kind: "only_a" | "only_b" | "differs";
  /** The global position. */
  position: number;
  /** The stream; that of side A where both have one. */
  stream: string;
  /** The type; that of side A where both have one. */
  type: string;
  /** For `differs`: the fields. */
  fields?: FieldDifference[];
}

/** How the two sides differ. */
export interface Diff {
  /** Whether they are the same. */
  same: boolean;
  /** Events of side A. */
  eventsA: number;
  /** Events of side B. */
  eventsB: number;
  /** Events that only side A has. */
  onlyA: number;
  /** Events that only side B has. */
  onlyB: number;
  /** Events that both have with other content. */
  differing: number;
  /** The first differences, at most 20. */
  differences: EventDifference[];
}

/**
 * Compares two sets of events by global position. Memory stays flat: a batch of each side.
 *
 * @param a One side.
 * @param b The other.
 * @param options What to ignore; a signal.
 * @returns How they differ.
 * @throws {EventoDBError} `INVALID_RECORD` when a side's positions do not ascend; `INVALID_JSON`,
 * `INVALID_RECORD` or `LINE_TOO_LONG` when a line is not a record; whatever reading a side throws.
 *
 * @example What was written after the copy
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { diff, formatRecord } from "@eventodb/cli";
 *
 * const lineAt = (globalPosition: number) =>
 *   formatRecord({
 *     id: crypto.randomUUID(),
 *     stream: "order-1",
 *     type: "Placed",
 *     position: globalPosition - 1,
 *     globalPosition,
 *     data: "{}",
 *     metadata: null,
 *     time: "2025-07-15T10:00:00Z",
 *   }) + "\n";
 * const copy = lineAt(1);
 * const { onlyB, differences } = await diff(
 *   { name: "copy", open: () => new Blob([copy]).stream() },
 *   { name: "now", open: () => new Blob([copy, lineAt(2)]).stream() },
 * );
 * assertEquals([onlyB, differences[0]?.position], [1, 2]);
 * ```
 */
export async function diff(a: DiffSide, b: DiffSide, options: DiffOptions = {}): Promise<Diff> {
  const { ignore = [], signal, onProgress } = options;
  const found = new Found(new Set(ignore));
  await using left = new Side(a, signal);
  await using right = new Side(b, signal);
  let [one, other] = [await left.next(), await right.next()];
  let steps = 0;
  while (one !== undefined || other !== undefined) {
    const order = (one?.globalPosition ?? Infinity) - (other?.globalPosition ?? Infinity);
    if (order < 0) found.onlyA(one!);
    else if (order > 0) found.onlyB(other!);
    else found.both(one!, other!);
    if (++steps % 1000 === 0) {
      onProgress?.(left.events + right.events, (one ?? other)!.globalPosition);
    }
    // Not awaited where the batch has more: most steps are a look at two numbers.
    const [goLeft, goRight] = [order <= 0, order >= 0];
    if (goLeft) one = left.ready() ?? await left.next();
    if (goRight) other = right.ready() ?? await right.next();
  }
  return found.result(left.events, right.events);
}

/** Reads one side, event by event. */
class Side implements AsyncDisposable {
  events = 0;
  readonly #name: string;
  readonly #batches: AsyncGenerator<Message[]>;
  #batch: readonly Message[] = [];
  #at = 0;
  #last = 0;

  constructor(side: DiffSide, signal: AbortSignal | undefined) {
    this.#name = side.name;
    this.#batches = messagesOf(side, signal);
  }

  /** The next event, if it has been read. */
  ready(): Message | undefined {
    const message = this.#batch[this.#at];
    if (message === undefined) return undefined;
    this.#at++;
    if (message.globalPosition <= this.#last) {
      throw new EventoDBError(
        "INVALID_RECORD",
        `Cannot compare ${this.#name}: global position ${message.globalPosition} comes after ` +
          `${this.#last}`,
      );
    }
    this.#last = message.globalPosition;
    this.events++;
    return message;
  }

  /** The next event; `undefined` at the end. */
  async next(): Promise<Message | undefined> {
    while (this.#at === this.#batch.length) {
      const { value, done } = await this.#batches.next();
      if (done) return undefined;
      this.#batch = value;
      this.#at = 0;
    }
    return this.ready();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#batches.return(undefined);
  }
}

async function* messagesOf(
  { name, open }: DiffSide,
  signal: AbortSignal | undefined,
): AsyncGenerator<Message[]> {
  try {
    for await (const batch of packedBatches(await open(), { signal })) yield unpackRecords(batch);
  } catch (error) {
    throw unreadable(error, `Cannot compare ${name}`);
  }
}

/** The fields, by their names in a message and in a record. */
const fields = [
  ["id", "id"],
  ["stream", "stream"],
  ["type", "type"],
  ["position", "pos"],
  ["data", "data"],
  ["metadata", "meta"],
  ["time", "time"],
] as const;

/** Counts differences, and keeps the first. */
class Found {
  readonly #ignored: ReadonlySet<DiffField>;
  readonly #differences: EventDifference[] = [];
  #onlyA = 0;
  #onlyB = 0;
  #differing = 0;

  constructor(ignored: ReadonlySet<DiffField>) {
    this.#ignored = ignored;
  }

  onlyA(message: Message): void {
    this.#onlyA++;
    this.#keep("only_a", message);
  }

  onlyB(message: Message): void {
    this.#onlyB++;
    this.#keep("only_b", message);
  }

  both(a: Message, b: Message): void {
    const differing = fields.filter(([field, name]) =>
      a[field] !== b[field] && !this.#ignored.has(name)
    );
    if (differing.length === 0) return;
    this.#differing++;
    if (this.#differences.length >= differencesNamedMax) return;
    this.#keep("differs", a, differing.map(([field, name]) => differenceOf(a, b, field, name)));
  }

  result(eventsA: number, eventsB: number): Diff {
    const [onlyA, onlyB, differing] = [this.#onlyA, this.#onlyB, this.#differing];
    return {
      same: onlyA + onlyB + differing === 0,
      eventsA,
      eventsB,
      onlyA,
      onlyB,
      differing,
      differences: this.#differences,
    };
  }

  #keep(kind: EventDifference["kind"], message: Message, fields?: FieldDifference[]): void {
    if (this.#differences.length >= differencesNamedMax) return;
    const { globalPosition, stream, type } = message;
    const difference = { kind, position: globalPosition, stream, type };
    this.#differences.push(fields === undefined ? difference : { ...difference, fields });
  }
}

function differenceOf(
  a: Message,
  b: Message,
  field: typeof fields[number][0],
  name: DiffField,
): FieldDifference {
  const [left, right] = [a[field], b[field]];
  const texts = {
    a: left === null ? null : shownText(String(left)),
    b: right === null ? null : shownText(String(right)),
  };
  if (field !== "data" && field !== "metadata") return { field: name, ...texts };
  const paths = jsonDifferences(String(left ?? "null"), String(right ?? "null"));
  return { field: name, ...texts, paths };
}
