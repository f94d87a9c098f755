/**
 * The methods of the protocol as they are called: the name, then each argument as JSON; and the form of the response.
 *
 * @module
 */

import type {
  CategorySummary,
  NamespaceInfo,
  NamespaceSummary,
  StreamSummary,
} from "../listings.ts";
import { checkCategory, checkConsumerGroup, checkIntegers, jsonOf } from "./call_checks.ts";
import { isArray, isNumberOrNull, isObjectWith, isString } from "./checks.ts";
import type {
  CreatedNamespace,
  DeletedNamespace,
  NamespaceCreateOptions,
  NamespaceStreamsOptions,
  RotatedToken,
} from "./namespaces.ts";
import { jsonText } from "./raw_json.ts";
import type { CategoryGetOptions, StreamGetOptions } from "./read_options.ts";
import type { RpcCall, TypedCall } from "./rpc.ts";
import type { SearchQuery } from "./search.ts";
import type { ServerHealth } from "./server_facts.ts";

/** @throws {EventoDBError} `INVALID_REQUEST`, as from the other functions here, for what cannot be sent. */
export function streamGet(stream: string, options: Omit<StreamGetOptions, "raw">): RpcCall {
  const { position, globalPosition, batchSize } = options;
  checkIntegers({ position, globalPosition, batchSize });
  return ["stream.get", json(stream), json({ position, globalPosition, batchSize })];
}

export function streamLast(stream: string, type: string | undefined): RpcCall {
  return ["stream.last", json(stream), json({ type })];
}

export function streamVersion(stream: string): TypedCall<number | null> {
  return [["stream.version", json(stream)], isNumberOrNull];
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

export function namespaceCreate(
  namespace: string,
  { description, token, metadata }: NamespaceCreateOptions,
): TypedCall<CreatedNamespace> {
  const fields = Object.entries({
    description: description === undefined ? undefined : json(description),
    token: token === undefined ? undefined : json(token),
    metadata: metadata === undefined ? undefined : jsonText(metadata, "metadata"),
  }).filter(([, value]) => value !== undefined);
  const options = `{${fields.map(([name, value]) => `"${name}":${value}`).join(",")}}`;
  return [
    ["ns.create", json(namespace), options],
    isObjectWith<CreatedNamespace>({ namespace: "string", token: "string" }),
  ];
}

export function namespaceRotateToken(
  namespace: string,
  token: string | undefined,
): TypedCall<RotatedToken> {
  return [
    ["ns.rotateToken", json(namespace), json({ token })],
    isObjectWith<RotatedToken>({ namespace: "string", token: "string" }),
  ];
}

export function namespaceDelete(namespace: string): TypedCall<DeletedNamespace> {
  return [
    ["ns.delete", json(namespace)],
    isObjectWith<DeletedNamespace>({ namespace: "string" }),
  ];
}

export const namespaceList: TypedCall<NamespaceSummary[]> = [["ns.list"], isArray];

export function namespaceInfo(namespace: string): TypedCall<NamespaceInfo> {
  return [
    ["ns.info", json(namespace)],
    isObjectWith<NamespaceInfo>({ namespace: "string", messageCount: "number" }),
  ];
}

export function namespaceStreams(
  { prefix, cursor, limit }: NamespaceStreamsOptions,
): TypedCall<StreamSummary[]> {
  checkIntegers({ limit });
  return [["ns.streams", json({ prefix, cursor, limit })], isArray];
}

export const namespaceCategories: TypedCall<CategorySummary[]> = [["ns.categories"], isArray];

export const systemVersion: TypedCall<string> = [["sys.version"], isString];

export const systemHealth: TypedCall<ServerHealth> = [
  ["sys.health"],
  isObjectWith<ServerHealth>({ status: "string" }),
];

export function search({ ...query }: SearchQuery): RpcCall {
  const { from, to, limit } = query;
  checkIntegers({ from, to, limit });
  return ["ns.search", json(query)];
}

function json(value: string | Record<string, unknown>): string {
  return jsonOf(value, "an argument");
}
