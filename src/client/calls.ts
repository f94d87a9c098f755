/**
 * The methods of the protocol as they are called: the name, then each argument as JSON.
 *
 * @module
 */

import { checkCategory, checkConsumerGroup, checkIntegers, jsonOf } from "./call_checks.ts";
import type { NamespaceCreateOptions, NamespaceStreamsOptions } from "./namespaces.ts";
import { jsonText } from "./raw_json.ts";
import type { CategoryGetOptions, StreamGetOptions } from "./read_options.ts";
import type { RpcCall } from "./rpc.ts";
import type { SearchQuery } from "./search.ts";

/** @throws {EventoDBError} `INVALID_REQUEST`, as from the other functions here, for what cannot be sent. */
export function streamGet(stream: string, options: Omit<StreamGetOptions, "raw">): RpcCall {
  const { position, globalPosition, batchSize } = options;
  checkIntegers({ position, globalPosition, batchSize });
  return ["stream.get", json(stream), json({ position, globalPosition, batchSize })];
}

export function streamLast(stream: string, type: string | undefined): RpcCall {
  return ["stream.last", json(stream), json({ type })];
}

export function streamVersion(stream: string): RpcCall {
  return ["stream.version", json(stream)];
}

export function categoryGet(category: string, options: Omit<CategoryGetOptions, "raw">): RpcCall {
  const { position, batchSize, correlation, consumerGroup } = options;
  checkCategory(category);
  if (correlation !== undefined) checkCategory(correlation);
  checkIntegers({ position, batchSize });
  checkConsumerGroup(consumerGroup);
  return [
    "category.get",
    json(category),
    json({ position, batchSize, correlation, consumerGroup }),
  ];
}

export function namespaceCreate(namespace: string, options: NamespaceCreateOptions): RpcCall {
  const { description, token, metadata } = options;
  const fields = Object.entries({
    description: description === undefined ? undefined : json(description),
    token: token === undefined ? undefined : json(token),
    metadata: metadata === undefined ? undefined : jsonText(metadata, "metadata"),
  }).filter(([, value]) => value !== undefined);
  return [
    "ns.create",
    json(namespace),
    `{${fields.map(([name, value]) => `"${name}":${value}`).join(",")}}`,
  ];
}

export function namespaceRotateToken(namespace: string, token: string | undefined): RpcCall {
  return ["ns.rotateToken", json(namespace), json({ token })];
}

export function namespaceDelete(namespace: string): RpcCall {
  return ["ns.delete", json(namespace)];
}

export function namespaceInfo(namespace: string): RpcCall {
  return ["ns.info", json(namespace)];
}

export function namespaceStreams({ prefix, cursor, limit }: NamespaceStreamsOptions): RpcCall {
  checkIntegers({ limit });
  return ["ns.streams", json({ prefix, cursor, limit })];
}

export function search({ ...query }: SearchQuery): RpcCall {
  const { from, to, limit } = query;
  checkIntegers({ from, to, limit });
  return ["ns.search", json(query)];
}

function json(value: string | Record<string, unknown>): string {
  return jsonOf(value, "an argument");
}
