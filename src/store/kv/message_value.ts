/**
 * A message as a value: its fields as UTF-8 with U+0000 between them, which none of them can hold
 * (names are refused with it, JSON text has it only as an escape). Bytes and not a string, since Deno
 * KV stores a string of one Chinese character with two bytes for each of its others.
 *
 * A payload that does not fit a value lies beside it in chunks.
 *
 * @module
 */

import { concat } from "../../deps/concat.ts";
import { kvValueBytesMax } from "./limits.ts";
import type { Message } from "../../message.ts";

/** What filters look at. */
export interface MessageHeader {
  stream: string;
  time: string;
  /** The category of its correlation stream name, or `null`. */
  correlation: string | null;
}

/** A message as a value says it. */
export interface StoredMessage extends Omit<Message, "data" | "metadata">, MessageHeader {
  /** Data and metadata, or where they lie in chunks. */
  payload: Payload | Chunks;
}

export type Payload = Pick<Message, "data" | "metadata">;

export interface Chunks {
  /** What its chunks are filed under. */
  chunks: string;
  count: number;
}

/** Begins the field that stands for a payload in chunks; JSON text begins otherwise. */
const chunksMark = "#";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A message, or one whose payload is in chunks, as a value; `undefined` when it is too large. */
export function encodeMessage(
  message: Message,
  correlation: string | null,
  payload?: Chunks,
): Uint8Array<ArrayBuffer> | undefined {
  const { id, stream, type, position, time, data, metadata } = message;
  const fields = payload === undefined
    ? `${data}\0${metadata ?? ""}`
    : `${chunksMark}${payload.count}\0${payload.chunks}`;
  // What is long in characters is longer in bytes.
  if (fields.length > kvValueBytesMax) return undefined;
  const value = encoder.encode(
    `${id}\0${stream}\0${type}\0${position}\0${time}\0${correlation ?? ""}\0${fields}`,
  );
  return value.byteLength <= kvValueBytesMax ? value : undefined;
}

/** @param globalPosition The message's global position, which its key has. */
export function decodeMessage(value: Uint8Array, globalPosition: number): StoredMessage {
  const [id, stream, type, position, time, correlation, data, rest] = fieldsOf<8>(value);
  return {
    id,
    stream,
    type,
    position: Number(position),
    globalPosition,
    time,
    correlation: correlation === "" ? null : correlation,
    payload: data.startsWith(chunksMark)
      ? { chunks: rest, count: Number(data.slice(chunksMark.length)) }
      : { data, metadata: rest === "" ? null : rest },
  };
}

/** Cuts a payload into values. */
export function cutPayload({ data, metadata }: Payload): Uint8Array<ArrayBuffer>[] {
  const bytes = encoder.encode(`${data}\0${metadata ?? ""}`);
  const values: Uint8Array<ArrayBuffer>[] = [];
  for (let start = 0; start < bytes.byteLength; start += kvValueBytesMax) {
    values.push(bytes.subarray(start, start + kvValueBytesMax));
  }
  return values;
}

/** Puts a payload together from all its values. */
export function joinPayload(values: readonly Uint8Array[]): Payload {
  const [data, metadata] = fieldsOf<2>(concat(values));
  return { data, metadata: metadata === "" ? null : metadata };
}

export function encodeHeader(
  { stream, time, correlation }: MessageHeader,
): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${time}\0${correlation ?? ""}\0${stream}`);
}

export function decodeHeader(value: Uint8Array): MessageHeader {
  const [time, correlation, stream] = fieldsOf<3>(value);
  return { stream, time, correlation: correlation === "" ? null : correlation };
}

/** The fields of a value, which has as many of them as were written. */
function fieldsOf<Count extends keyof Fields>(value: Uint8Array): Fields[Count] {
  return decoder.decode(value).split("\0") as Fields[Count];
}

interface Fields {
  2: [string, string];
  3: [string, string, string];
  8: [string, string, string, string, string, string, string, string];
}
