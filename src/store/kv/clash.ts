/**
 * Records of an import whose keys are taken: what to say about it.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import type { Message } from "../../message.ts";
import type { ImportRecord } from "../store.ts";

/** Which key is taken. */
export type TakenKey = "global position" | "stream position" | "id";

/** A key that is taken, and the message that has it. */
export interface Clash {
  /** Which key. */
  key: TakenKey;
  /** The message that has it. */
  holder: Message & { line?: number };
}

const FIELDS = [
  ["id", "id"],
  ["stream", "stream"],
  ["type", "type"],
  ["position", "pos"],
  ["globalPosition", "gpos"],
  ["data", "data"],
  ["metadata", "meta"],
  ["time", "time"],
] as const;

/**
 * The fields in which two messages differ, by their names in the file.
 *
 * @param a A message.
 * @param b Another.
 * @returns The names; none when the two are the same.
 */
export function differences(a: Message, b: Message): string[] {
  return FIELDS.filter(([field]) => a[field] !== b[field]).map(([, name]) => name);
}

/**
 * The error for a record whose key is taken.
 *
 * @param record The offending record.
 * @param clash Which key, and who has it.
 * @returns The error, with the record's line.
 */
export function clashError(record: ImportRecord, { key, holder }: Clash): EventoDBError {
  const what = {
    "global position": `global position ${record.globalPosition}`,
    "stream position": `position ${record.position} of the stream ${quote(record.stream)}`,
    "id": `message id ${record.id}`,
  }[key];
  const where = holder.line === undefined ? "" : `line ${holder.line}, `;
  const differing = differences(record, holder);
  const comparison = differing.length === 0
    ? "it is the same message"
    : `they differ in ${differing.join(", ")}`;
  return new EventoDBError(
    key === "id" ? "MESSAGE_ID_EXISTS" : "POSITION_EXISTS",
    `Cannot import line ${record.line} (${describe(record)}): ` +
      `${what} is taken by ${where}${describe(holder)}; ${comparison}`,
    {
      line: record.line,
      details: {
        stream: holder.stream,
        position: holder.position,
        globalPosition: holder.globalPosition,
      },
    },
  );
}

function describe({ id, stream, position, globalPosition }: Message): string {
  return `message ${id} at position ${position} of ${quote(stream)}, gpos ${globalPosition}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
