/**
 * What a namespace holds, on servers that report it and on those that do not: servers written in Go give 0
 * messages and no activity for every namespace.
 *
 * @module
 */

import type { EventoDBClient } from "../../client/client.ts";
import { EventoDBError } from "../../errors.ts";
import type { NamespaceInfo, NamespaceSummary } from "../../listings.ts";
import { formatEvents } from "../terminal/format.ts";

/** What stands for a fact that the server does not report. */
export const notReported = "not reported by this server";

/** Facts about a namespace, `null` where they cannot be known. */
export interface NamespaceFacts
  extends Omit<NamespaceInfo, "messageCount" | "streamCount" | "globalPosition"> {
  /** How many messages it holds. */
  messageCount: number | null;
  /** How many streams have messages. */
  streamCount: number | null;
  /** The highest global position. */
  globalPosition: number | null;
  /** Whether the server reports all of it. */
  isReported: boolean;
}

/**
 * Asks what a namespace holds. Where the server gives placeholders, the messages of the token's own
 * namespace are counted by category.
 */
export async function namespaceFacts(
  client: EventoDBClient,
  namespace: string,
  signal?: AbortSignal,
): Promise<NamespaceFacts> {
  const info = await client.namespaceInfo(namespace, { signal });
  const { globalPosition = null, messageCount, streamCount } = info;
  if (globalPosition !== null) return { ...info, globalPosition, isReported: true };
  const counts = messageCount > 0
    ? { messageCount, streamCount: streamCount ?? null }
    : namespace === client.namespace
    ? await countByCategory(client, signal)
    : unknownCounts;
  return { ...info, ...counts, globalPosition, isReported: false };
}

/**
 * Lists the namespaces.
 *
 * @returns The namespaces; the number of messages is `null` where the server does not report it.
 */
export async function namespaceListings(
  client: EventoDBClient,
): Promise<(Omit<NamespaceSummary, "messageCount"> & { messageCount: number | null })[]> {
  const namespaces = await client.namespaceList();
  if (namespaces.some(({ messageCount }) => messageCount > 0)) return namespaces;
  const { featuresOf } = await import("../../transfer/features.ts");
  if ((await featuresOf(client)).length > 0) return namespaces;
  return namespaces.map((namespace) => ({ ...namespace, messageCount: null }));
}

/**
 * Says how many events, where that is known.
 *
 * @param count The number, or `null`.
 * @returns Such as `its 12 events`, or `all its events`.
 */
export function itsEvents(count: number | null): string {
  return count === null ? "all its events" : `its ${formatEvents(count)}`;
}

interface Counts {
  messageCount: number | null;
  streamCount: number | null;
}

const unknownCounts: Counts = { messageCount: null, streamCount: null };

async function countByCategory(client: EventoDBClient, signal?: AbortSignal): Promise<Counts> {
  try {
    const categories = await client.namespaceCategories({ signal });
    const sum = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);
    const messageCount = sum(categories.map((category) => Number(category.messageCount)));
    const streamCount = sum(categories.map((category) => Number(category.streamCount)));
    if (messageCount > 0) return { messageCount, streamCount };
    // None may be a placeholder as well.
    const [first] = await client.categoryGet("", { batchSize: 1, raw: true, signal });
    return first === undefined ? { messageCount: 0, streamCount: 0 } : unknownCounts;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof EventoDBError) return unknownCounts;
    throw error;
  }
}
