/**
 * Messages as the arrays that `stream.get` and `category.get` return.
 *
 * What is read may be of another server, whose ids, types and stream names have other bounds than ours
 * and whose global positions may begin at 0: it is taken as it is, so that no message is left out of
 * a copy or changed in it. Whether it may go into a store of ours is for the import to say.
 *
 * @module
 */

import { compactJson, splitArray } from "../json/scan.ts";
import type { Message } from "../message.ts";
import { FieldError, nullable, toInteger, toPayload, toText, toTime } from "./fields.ts";

/**
 * Writes a message of `stream.get`: `[id, type, position, globalPosition, data, metadata, time]`.
 *
 * @param message The message. Its payloads go in as they are.
 * @returns The text of the array.
 */
export function formatStreamMessage(message: Message): string {
  const { id, type, position, globalPosition, data, metadata, time } = message;
  return `[${JSON.stringify(id)},${JSON.stringify(type)},${position},${globalPosition},` +
    `${data},${metadata},"${time}"]`;
}

/**
 * Writes a message of `category.get`:
 * `[id, stream, type, position, globalPosition, data, metadata, time]`.
 *
 * @param message The message. Its payloads go in as they are.
 * @returns The text of the array.
 */
export function formatCategoryMessage(message: Message): string {
  const { id, stream, type, position, globalPosition, data, metadata, time } = message;
  return `[${JSON.stringify(id)},${JSON.stringify(stream)},${JSON.stringify(type)},${position},` +
    `${globalPosition},${data},${metadata},"${time}"]`;
}

/**
 * Reads a message of `stream.get`, of any server.
 *
 * @param text The text of the array.
 * @param stream The stream that was asked for.
 * @returns The message, in its canonical form.
 * @throws {Error} The text is not such a message; the error says which field is wrong.
 */
export function parseStreamMessage(text: string, stream: string): Message {
  const values = elements(text, 7);
  return toMessage(values.toSpliced(1, 0, JSON.stringify(stream)));
}

/**
 * Reads a message of `category.get`, of any server.
 *
 * @param text The text of the array.
 * @returns The message, in its canonical form.
 * @throws {Error} The text is not such a message; the error says which field is wrong.
 */
export function parseCategoryMessage(text: string): Message {
  return toMessage(elements(text, 8));
}

/** The texts of a message's eight fields. */
type Texts = [string, string, string, string, string, string, string, string];

function elements(text: string, count: number): string[] {
  try {
    JSON.parse(text);
    const values = splitArray(text);
    if (values.length === count) return values;
    throw new SyntaxError(`it has ${values.length} elements, not ${count}`);
  } catch (cause) {
    throw unexpected((cause as Error).message, cause);
  }
}

function toMessage(values: string[]): Message {
  const [id, stream, type, position, globalPosition, data, metadata, time] = values as Texts;
  try {
    return {
      id: toText("id", id),
      stream: toText("stream", stream),
      type: toText("type", type),
      position: toInteger("position", position, 0),
      globalPosition: toInteger("globalPosition", globalPosition, 0),
      data: compactJson(toPayload("data", data)),
      metadata: nullable(compactJson(toPayload("metadata", metadata))),
      time: toTime("time", time),
    };
  } catch (error) {
    throw error instanceof FieldError ? unexpected(error.message, error) : error;
  }
}

function unexpected(problem: string, cause: unknown): Error {
  return new Error(`The server's response is not a list of messages: ${problem}`, { cause });
}
