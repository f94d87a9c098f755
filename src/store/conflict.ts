/**
 * Records of an import whose keys are taken: what every backend says about it.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { Message } from "../message.ts";
import { differences } from "../record/differences.ts";
import type { ImportRecord } from "../record/import_record.ts";
import { shownId } from "./refusals.ts";

/** Which key is taken. */
export type TakenKey = "global position" | "stream position" | "id";

/** A key that is taken, and the message that has it. */
export interface Conflict {
  /** Which key. */
  key: TakenKey;
  /** The message that has it. */
  holder: Message;
  /** The line the message stood on, where it is known to be of the same file. */
  holderLine?: number;
}

/** The error for a record whose key is taken. */
export function conflictError(
  record: Message & { line: number | undefined },
  { key, holder, holderLine }: Conflict,
): EventoDBError {
  const where = holderLine === undefined ? "" : `line ${holderLine}, `;
  const differing = differences(record, holder);
  const comparison = differing.length === 0
    ? "it is the same message"
    : `they differ in ${differing.join(", ")}`;
  return taken(
    key,
    record.line,
    `Cannot import ${describeLine(record.line)} (${describe(record)}): ` +
      `${describeKey(key, record)} is taken by ${where}${describe(holder)}; ${comparison}`,
    holder,
  );
}

/**
 * The error for a record of which only the taken key is known.
 *
 * @param holder The message of the namespace that has the key; `undefined` when an earlier line has.
 * @param holderLine That line, where it is known.
 */
export function keyError(
  key: TakenKey,
  record: Partial<ImportRecord>,
  holder: Message | undefined,
  holderLine?: number,
): EventoDBError {
  const earlier = holderLine === undefined ? "an earlier line" : `line ${holderLine}`;
  const by = holder === undefined ? earlier : describe(holder);
  return taken(
    key,
    record.line,
    `Cannot import ${describeLine(record.line)}: ${describeKey(key, record)} is taken by ${by}`,
    holder,
  );
}

function taken(
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
