/**
 * Writing a message once, over a network that may fail after the server has written it.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { compactJson } from "../json/scan.ts";
import type { WriteResult } from "../message.ts";
import { parseStreamMessage } from "../record/wire.ts";
import { parseUuid, uuidV7 } from "../uuid.ts";
import { checkIntegers, jsonOf } from "./call_checks.ts";
import { isObjectWith } from "./checks.ts";
import type { CallOptions } from "./options.ts";
import type { EventShape, Payload } from "./parsed_message.ts";
import { sendsAgain } from "./platform.ts";
import { jsonText, type RawJson } from "./raw_json.ts";
import { type RetryPolicy, withRetries } from "./retry.ts";
import type { Rpc, RpcCall } from "./rpc.ts";

/** A message to be written, with its payload as a value or, by {@linkcode rawJson}, as JSON text. */
export interface PlainMessageToWrite<
  Data = Payload,
  Metadata = Payload | null,
  Type extends string = string,
> {
  /** Its type, such as `Deposited`. */
  type: Type;
  /** Its payload. */
  data: Data | RawJson;
  /** What is to be said about it. Default: nothing. */
  metadata?: Metadata | RawJson;
}

/**
 * A message to be written.
 *
 * @typeParam T The type of the payload; or the type of an event, or of several as a union.
 */
export type MessageToWrite<T = Payload> = [T] extends [EventShape] ? EventToWrite<T>
  : PlainMessageToWrite<T>;

/** An event to be written; of several, a union. Metadata that its type asks for is not optional. */
export type EventToWrite<E extends EventShape> = E extends EventShape
  ? E extends { metadata: infer M extends Payload | null }
    ? PlainMessageToWrite<NonNullable<E["data"]>, M, E["type"]> & { metadata: M | RawJson }
  : PlainMessageToWrite<NonNullable<E["data"]>, Payload | null, E["type"]>
  : never;

/** How to write a message. */
export interface WriteOptions extends CallOptions {
  /** Its id: a UUID in any spelling. Default: a new one of version 7. */
  id?: string;
  /** Position that the stream's last message must have; −1 for an empty stream. Default: any. */
  expectedVersion?: number;
}

const isWriteResult = isObjectWith<WriteResult>({ position: "number", globalPosition: "number" });

/** What was sent, to be known again. */
interface Sent {
  stream: string;
  id: string;
  type: string;
  data: string;
  metadata: string;
  expectedVersion: number | undefined;
}

/**
 * Writes a message.
 *
 * @param rpc Calls methods.
 * @param policy How often to try again.
 * @param stream The stream's name.
 * @param message The message.
 * @param options Id, expected version and signal.
 * @returns Where it has landed.
 */
export async function writeMessage(
  rpc: Rpc,
  policy: RetryPolicy,
  stream: string,
  message: PlainMessageToWrite<Payload | null>,
  options: WriteOptions,
): Promise<WriteResult> {
  const { expectedVersion, signal } = options;
  checkIntegers({ expectedVersion });
  const sent: Sent = {
    stream,
    id: idOf(options),
    type: message.type,
    data: compactJson(jsonText(message.data, "data")),
    metadata: compactJson(jsonText(message.metadata ?? null, "metadata")),
    expectedVersion,
  };
  const call: RpcCall = [
    "stream.write",
    jsonOf(stream, "the stream's name"),
    `{"type":${jsonOf(sent.type, "the type")},"data":${sent.data},"metadata":${sent.metadata}}`,
    JSON.stringify({ id: sent.id, expectedVersion }),
  ];
  const isOurs = sent.id !== options.id;
  const attempt = async (number: number) => {
    try {
      return await rpc.once([call, isWriteResult], { signal });
    } catch (error) {
      // The first attempt can conflict only with what others have written, unless the platform has made
      // two of it: no other message can have an id of ours.
      const isFirst = number === 1 && !(sendsAgain() && isOurs);
      const written = isFirst ? null : await findWritten(rpc, sent, error, { signal });
      if (written === null) throw error;
      return written;
    }
  };
  return await withRetries(attempt, policy, { signal });
}

/** As a server stores it, so that the message is known again; a text that is not a UUID as it is. */
function idOf({ id }: WriteOptions): string {
  if (id === undefined || id === null || id === "") return uuidV7();
  return parseUuid(String(id)) ?? String(id);
}

/** Whether an earlier attempt has written the message that this one conflicts with; and where. */
async function findWritten(
  rpc: Rpc,
  sent: Sent,
  conflict: unknown,
  options: CallOptions,
): Promise<WriteResult | null> {
  const position = positionOfConflict(sent, conflict);
  if (position === null) return null;
  const [found] = await rpc.readMessages(
    ["stream.get", JSON.stringify(sent.stream), JSON.stringify({ position, batchSize: 1 })],
    (text) => parseStreamMessage(text, sent.stream),
    options,
  );
  const same = found !== undefined && found.position === position && found.id === sent.id &&
    found.type === sent.type && sameJson(found.data, sent.data) &&
    sameJson(found.metadata ?? "null", sent.metadata);
  return same ? { position, globalPosition: found.globalPosition } : null;
}

function positionOfConflict(sent: Sent, conflict: unknown): number | null {
  if (!(conflict instanceof EventoDBError)) return null;
  if (conflict.code === "MESSAGE_ID_EXISTS") {
    const { stream, position } = conflict.details ?? {};
    return stream === sent.stream && typeof position === "number" ? position : null;
  }
  // A server that looks at the version first reports a conflict of versions.
  if (conflict.code === "STREAM_VERSION_CONFLICT" && sent.expectedVersion !== undefined) {
    return sent.expectedVersion + 1;
  }
  return null;
}

/** Whether two texts mean the same: servers written in Go write payloads in a form of their own. */
function sameJson(one: string, other: string): boolean {
  return one === other || sorted(one) === sorted(other);
}

function sorted(json: string): string {
  return JSON.stringify(
    JSON.parse(json),
    (_, value) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
        : value,
  );
}
