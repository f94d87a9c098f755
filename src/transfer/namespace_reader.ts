/**
 * A namespace of a server or of a store, as `verify` asks it.
 *
 * @module
 */

import { EventoDBClient } from "../client/client.ts";
import { EventoDBError } from "../errors.ts";
import type { NamespaceReader } from "../slice/namespace_reader.ts";
import type { Slice } from "../slice/slice.ts";
import { bytesOf, type ServerNamespace, serverSource, type StoreNamespace } from "./events.ts";
import type { ExportOptions } from "./export.ts";
import { StoreSource } from "./sources/store_source.ts";
import { unreplacedChunks } from "./unreplaced.ts";

/** What reading may be given besides. */
export type ReaderOptions = Pick<ExportOptions, "signal" | "onBound" | "onUnmatched">;

/**
 * Makes a reader of a namespace, for {@linkcode verify} and {@linkcode verifyNamespace}.
 *
 * @param namespace The namespace of a server or of a store.
 * @returns The reader.
 */
export function namespaceReader(namespace: ServerNamespace | StoreNamespace): NamespaceReader {
  if ("store" in namespace) return storeNamespace(namespace);
  return clientNamespace(new EventoDBClient(namespace));
}

/**
 * Makes a reader of a namespace by an existing client.
 *
 * @param client The server.
 * @param options A signal and listeners.
 * @returns The reader.
 */
export function clientNamespace(
  client: EventoDBClient,
  options: ReaderOptions = {},
): NamespaceReader {
  const { signal } = options;
  const { namespace } = client;
  return {
    name: `the namespace ${JSON.stringify(namespace)} of ${client.url}`,
    async events(slice: Slice) {
      const source = await serverSource(client, signal);
      return bytesOf(unreplacedChunks(source, { ...options, ...slice }));
    },
    info: () =>
      ifSupported(async () => {
        const info = namespace === null
          ? undefined
          : await client.namespaceInfo(namespace, { signal });
        // Servers written in Go give no position, and 0 for what they do not count.
        const { globalPosition } = info ?? {};
        return info === undefined || globalPosition === undefined
          ? null
          : { ...info, globalPosition };
      }),
    categories: () => ifSupported(() => client.namespaceCategories({ signal })),
    streams: (query) => ifSupported(() => client.namespaceStreams({ ...query, signal })),
    streamVersion: (stream) => client.streamVersion(stream, { signal }),
    streamBeginning: (stream, limit) =>
      client.streamGet(stream, { batchSize: limit, raw: true, signal }),
  };
}

/** `null` where the server has no such method. */
async function ifSupported<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof EventoDBError && error.code === "METHOD_NOT_FOUND") return null;
    throw error;
  }
}

/**
 * Makes a reader of a namespace of a store.
 *
 * @param place The store, and the namespace's id.
 * @param signal Ends whatever is asked for.
 * @returns The reader.
 */
export function storeNamespace(
  { store, namespace }: StoreNamespace,
  signal?: AbortSignal,
): NamespaceReader {
  const asked = <T>(ask: () => Promise<T>): Promise<T> => {
    signal?.throwIfAborted();
    return ask();
  };
  return {
    name: `the namespace ${JSON.stringify(namespace)} of the store`,
    events: (slice) =>
      asked(() => {
        const source = new StoreSource(store, namespace);
        return Promise.resolve(bytesOf(unreplacedChunks(source, { ...slice, signal })));
      }),
    async info() {
      signal?.throwIfAborted();
      const info = await store.namespaceInfo(namespace);
      return { ...info, globalPosition: info.globalPosition ?? 0 };
    },
    categories: () => asked(() => store.listCategories(namespace)),
    streams: (query) => asked(() => store.listStreams(namespace, query)),
    streamVersion: (stream) => asked(() => store.streamVersion(namespace, stream)),
    async streamBeginning(stream, limit) {
      signal?.throwIfAborted();
      const pages = store.readStream(namespace, stream, { from: 0, limit });
      return (await Array.fromAsync(pages)).flat();
    },
  };
}
