/**
 * The message: what every stage of the package hands to the next, from socket to disk to socket.
 *
 * @module
 */

/** The highest position and global position there can be: 2^53 − 1, the largest exact integer. */
export const POSITION_MAX: number = Number.MAX_SAFE_INTEGER;

/** An expected version that means "the stream must be empty". */
export const NO_STREAM: -1 = -1;

/** A message as it is stored. Nothing in it is ever renumbered, reformatted or rounded. */
export interface Message {
  /** Text of 1–255 bytes without control characters, mostly a UUID; unique in its namespace. */
  id: string;
  /** The full stream name, such as `account-123`. 1–1,024 bytes of UTF-8. */
  stream: string;
  /** The message type, such as `Deposited`. 1–1,024 bytes of UTF-8. */
  type: string;
  /** Position in its stream: an integer from 0 to 2^53 − 1. */
  position: number;
  /** Position in its namespace: an integer from 1 to 2^53 − 1. */
  globalPosition: number;
  /** JSON text of an object, or `null`, without insignificant white space, otherwise as sent. */
  data: string;
  /** JSON text of an object without insignificant white space, or `null` when there is none. */
  metadata: string | null;
  /** RFC 3339 in UTC with `Z`, up to nine fraction digits, trailing zeros dropped. */
  time: string;
}

/** The size of a message's payload: data and metadata together, in UTF-16 units. */
export function payloadChars({ data, metadata }: Pick<Message, "data" | "metadata">): number {
  return data.length + (metadata?.length ?? 0);
}

/** A message to be written: the store gives it its positions and its time. */
export interface NewMessage {
  /** As {@linkcode Message.id}. */
  id: string;
  /** The message type. */
  type: string;
  /** JSON text of an object, without insignificant white space. */
  data: string;
  /** JSON text of an object, without insignificant white space, or `null`. */
  metadata: string | null;
}

/** Where a written message has landed. */
export interface WriteResult {
  /** Position in its stream. */
  position: number;
  /** Position in its namespace. */
  globalPosition: number;
}

/** A notification that a message is there, and where; the message itself has to be read. */
export interface Poke {
  /** Its stream. */
  readonly stream: string;
  /** Position in its stream. */
  readonly position: number;
  /** Position in its namespace. */
  readonly globalPosition: number;
}
