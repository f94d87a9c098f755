/**
 * Records of an import whose keys are taken: what every backend says about it.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { Message } from "../message.ts";
import { differences } from "../record/differences.ts";
import type { ImportRecord } from "../record/import_record.ts";
import type { ImportedLines } from "./imported_lines.ts";
import { shownId } from "./refusals.ts";

/** The keys of a message, in the order in which they are looked up. */
const keys = ["global position", "stream position", "id"] as const;

/** Which key is taken. */
export type TakenKey = typeof keys[number];

/** A key that is taken. */
export interface Conflict {
  key: TakenKey;
  /** The message that has it, with its line where that is known to be of the same file. */
  holder: Message & { line?: number };
}

/** Who has the keys of some records. */
export class KeyHolders<Holder> {
  readonly #holders: Record<TakenKey, Map<string | number, Holder>> = {
    "global position": new Map(),
    "stream position": new Map(),
    "id": new Map(),
  };

  get isEmpty(): boolean {
    return keys.every((key) => this.#holders[key].size === 0);
  }

  get(key: TakenKey, record: Partial<Message>): Holder | undefined {
    return this.#holders[key].get(valueOf(key, record));
  }

  set(key: TakenKey, record: Partial<Message>, holder: Holder): void {
    this.#holders[key].set(valueOf(key, record), holder);
  }

  /** Makes it the holder of all keys of a record. */
  setAll(record: Message, holder: Holder): void {
    for (const key of keys) this.set(key, record, holder);
  }

  /** The first key of a record that is taken. */
  firstOf(record: Message): { key: TakenKey; holder: Holder } | undefined {
    for (const key of keys) {
      const holder = this.get(key, record);
      if (holder !== undefined) return { key, holder };
    }
  }
}

function valueOf(key: TakenKey, record: Partial<Message>): string | number {
  if (key === "global position") return record.globalPosition!;
  return key === "id" ? record.id! : `${record.position} ${record.stream}`;
}

/**
 * Decides on a record whose first taken key is known.
 *
 * @param skipsExisting Whether a record is left out that is there already.
 * @param lines Which lines earlier records stood on.
 * @returns That it is left out.
 * @throws {EventoDBError} `POSITION_EXISTS` or `MESSAGE_ID_EXISTS` where it is not.
 */
export function isLeftOut(
  record: ImportRecord,
  taken: Conflict,
  skipsExisting: boolean,
  lines: ImportedLines,
): true {
  const isCompared = skipsExisting && taken.key === "global position";
  if (isCompared && differences(record, taken.holder).length === 0) return true;
  throw takenError(record, taken, lines);
}

/** The error for a record whose key is taken, perhaps by an earlier line. */
export function takenError(
  record: ImportRecord,
  { key, holder }: Conflict,
  lines: ImportedLines,
): EventoDBError {
  const line = holder.line ?? lines.lineOf(holder.globalPosition);
  return conflictError(record, { key, holder: { ...holder, line } });
}

/** The error for a record whose key is taken. */
export function conflictError(
  record: Message & { line: number | undefined },
  { key, holder }: Conflict,
): EventoDBError {
  const where = holder.line === undefined ? "" : `line ${holder.line}, `;
  const differing = differences(record, holder);
  const comparison = differing.length === 0
    ? "it is the same message"
    : `they differ in ${differing.join(", ")}`;
  return refusal(
    key,
    record.line,
    `Cannot import ${describeLine(record.line)} (${describe(record)}): ` +
      `${describeKey(key, record)} is taken by ${where}${describe(holder)}; ${comparison}`,
    holder,
  );
}

/** For a record of which only the taken key is known; an earlier line has it where there is no holder. */
export function keyError(
  key: TakenKey,
  record: Partial<ImportRecord>,
  holder: Message | undefined,
  holderLine?: number,
): EventoDBError {
  const earlier = holderLine === undefined ? "an earlier line" : `line ${holderLine}`;
  const by = holder === undefined ? earlier : describe(holder);
  return refusal(
    key,
    record.line,
    `Cannot import ${describeLine(record.line)}: ${describeKey(key, record)} is taken by ${by}`,
    holder,
  );
}

function refusal(
  key: TakenKey,
  line: number | undefined,
  message: string,
  holder: Message | undefined,
): EventoDBError {
  return new EventoDBError(key === "id" ? "MESSAGE_ID_EXISTS" : "POSITION_EXISTS", message, {
    line,
    ...(holder === undefined ? {} : {
      details: {
        stream: holder.stream,
        position: holder.position,
        globalPosition: holder.globalPosition,
      },
    }),
  });
}

function describeLine(line: number | undefined): string {
  return line === undefined ? "a record" : `line ${line}`;
}

function describeKey(key: TakenKey, record: Partial<Message>): string {
  return {
    "global position": `global position ${record.globalPosition}`,
    "stream position": `position ${record.position} of the stream ${JSON.stringify(record.stream)}`,
    "id": `message id ${shownId(record.id ?? "")}`,
  }[key];
}

function describe({ id, stream, position, globalPosition }: Message): string {
  return `message ${shownId(id)} at position ${position} of ${
    JSON.stringify(stream)
  }, gpos ${globalPosition}`;
}
