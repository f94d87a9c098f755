/**
 * Messages as a program wants them, with their payloads parsed.
 *
 * @module
 */

import type { Message } from "../message.ts";

/** A JSON object, parsed. */
export type JsonObject = Record<string, unknown>;

/**
 * A payload, seen as a type: an interface, a type or a class whose values become a JSON object. Not an
 * array, a date, a function or a promise, which have these symbols.
 */
export type Payload =
  | JsonObject
  | object & {
    readonly [Symbol.iterator]?: never;
    readonly [Symbol.toPrimitive]?: never;
    readonly [Symbol.hasInstance]?: never;
    readonly [Symbol.toStringTag]?: never;
  };

/**
 * An event, seen as a type: its name with the type of its payload. A union of them is what a stream
 * holds.
 */
export interface EventShape {
  /** The message's type, such as `"Deposited"`. */
  type: string;
  /** The type of its payload. */
  data: Payload | null;
  /** The type of its metadata. Absent: any object, or `null`. */
  metadata?: Payload | null;
}

/**
 * A message with its payloads parsed. Numbers are JavaScript's: ask for `raw` where that is too few.
 *
 * @typeParam Data The type of the payload. It is taken on trust: what is stored is not checked.
 * @typeParam Metadata The type of the metadata.
 * @typeParam Type The message's type.
 */
export interface ParsedMessage<
  Data = JsonObject | null,
  Metadata = JsonObject | null,
  Type extends string = string,
> extends Omit<Message, "type" | "data" | "metadata"> {
  /** What kind of event it is, such as `Deposited`. */
  type: Type;
  /** The payload; `null` only where an import brought one without. */
  data: Data;
  /** What is said about the message, or `null`. */
  metadata: Metadata;
}

/**
 * The message that a read gives.
 *
 * @typeParam T The type of the payload; or the type of an event, or of several as a union, which the
 * message's `type` then distinguishes.
 */
export type MessageOf<T> = [T] extends [EventShape] ? MessageOfEvent<T> : ParsedMessage<T>;

/** The message of an event; of several, a union of their messages. */
export type MessageOfEvent<E extends EventShape> = E extends EventShape
  ? ParsedMessage<E["data"], E extends { metadata: infer M } ? M : JsonObject | null, E["type"]>
  : never;

/**
 * Parses a message's payloads.
 *
 * @param message The message as it is stored.
 * @returns The same with values instead of texts.
 */
export function parsePayloads(message: Message): ParsedMessage {
  const { id, stream, type, position, globalPosition, data, metadata, time } = message;
  return {
    id,
    stream,
    type,
    position,
    globalPosition,
    data: JSON.parse(data) as JsonObject | null,
    metadata: metadata === null ? null : JSON.parse(metadata) as JsonObject | null,
    time,
  };
}
