/**
 * What `/export` and `/related` share: what is asked for, where it is read, and how a response begins.
 *
 * @module
 */

import { exportBodyBytesMax } from "../limits.ts";
import { linkIndexLogMs } from "./limits.ts";
import type { Log } from "../log.ts";
import { within } from "../waiting.ts";
import { StoreSource } from "../transfer/sources/store_source.ts";
import { decodeText, readBytes } from "./body.ts";
import type { RequestedSlice } from "../slice/slice_fields.ts";
import { sliceOfBody, sliceOfQuery } from "./export_query.ts";
import { withHeartbeat } from "./heartbeat.ts";
import type { Exchange } from "./request_context.ts";
import type { RouteContext } from "./route.ts";

/** Lines, or the text of a response. */
type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Reads what is asked for: in the query, or in the body where that is too short.
 *
 * @param exchange The request.
 * @param context What routes work with.
 * @returns The slice.
 * @throws {EventoDBError} `INVALID_REQUEST`, `REQUEST_TOO_LARGE`.
 */
export async function sliceOf(exchange: Exchange, context: RouteContext): Promise<RequestedSlice> {
  const { searchParams } = exchange.url;
  if (exchange.request.method !== "POST") return sliceOfQuery(searchParams);
  const { largeBodies, bodyStallMs } = context;
  using memory = new DisposableStack();
  const bytes = await readBytes(
    exchange,
    { bytesMax: exportBodyBytesMax, stallMs: bodyStallMs },
    async (asked) => memory.use(await largeBodies.received.take(exchange.signal, asked)),
  );
  return sliceOfBody(searchParams, decodeText(bytes));
}

/**
 * The source of an export, which logs how far its index of links is.
 *
 * @param context What routes work with.
 */
export function sourceOf({ store, log }: RouteContext, namespace: string): StoreSource {
  return new StoreSource(store, namespace, { onIndexed: indexLog(log, namespace) });
}

/** Logs now and then, and in the end where that was not soon. */
function indexLog(log: Log, namespace: string): (upTo: number, highest: number) => void {
  let last = performance.now();
  let isReported = false;
  return (upTo, highest) => {
    const isEnd = upTo >= highest && isReported;
    if (!isEnd && performance.now() - last < linkIndexLogMs) return;
    last = performance.now();
    isReported = !isEnd;
    log.write("info", "index of links", { namespace, upTo, highest });
  };
}

/** How a response begins, and how it ends when its reader leaves. */
export interface BeginOptions {
  /** How long to wait for the first bytes, in milliseconds. */
  firstMs: number;
  /** After how long without bytes to send an empty line, in milliseconds; absent for never. */
  heartbeatMs?: number;
  /** Ends the making of what is no longer read. */
  gone: AbortController;
}

/**
 * Waits a little for the first bytes, so that what fails at once is an error of its own, and not a response that
 * is cut. Not forever: a filter may look for its first match for long, and a client that hears nothing takes the
 * server for dead.
 *
 * @param pages The response.
 * @param options How long to wait.
 */
export async function begun(
  pages: AsyncGenerator<Bytes, void>,
  { firstMs, heartbeatMs, gone }: BeginOptions,
): Promise<AsyncIterator<Bytes, void>> {
  const first = pages.next();
  await within(first, firstMs);
  first.catch(() => {});
  let isFirst = true;
  const all: AsyncIterator<Bytes, void> = {
    next() {
      if (!isFirst) return pages.next();
      isFirst = false;
      return first;
    },
    return: () => {
      gone.abort(new Error("The client has gone"));
      return pages.return();
    },
  };
  return heartbeatMs === undefined ? all : withHeartbeat(all, heartbeatMs);
}
