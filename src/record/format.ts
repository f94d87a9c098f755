/**
 * Message → line of NDJSON.
 *
 * @module
 */

import type { Message } from "../message.ts";

/**
 * Writes a message as a record: one line of an export.
 *
 * @param message The message. Its payloads go in as they are.
 * @returns The line, without its line end.
 */
export function formatRecord(message: Message): string {
  const { id, stream, type, position, globalPosition, data, metadata, time } = message;
  return `{"id":${JSON.stringify(id)},"stream":${JSON.stringify(stream)},"type":${
    JSON.stringify(type)
  }` +
    `,"pos":${position},"gpos":${globalPosition},"data":${data},"meta":${metadata},"time":"${time}"}`;
}

/**
 * Writes messages as NDJSON.
 *
 * @param messages The messages.
 * @returns Their lines, each with its line end.
 */
export function formatRecords(messages: readonly Message[]): string {
  let lines = "";
  for (const message of messages) lines += `${formatRecord(message)}\n`;
  return lines;
}
