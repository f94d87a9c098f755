/**
 * `POST /import`: NDJSON in, server-sent events out. All of it or nothing.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { importsWaitingMax, largeCallsBytesMax, receivedEveryMs } from "./limits.ts";
import type { LongLines } from "../record/packed_batches.ts";
import type { ImportUnit } from "../store/store.ts";
import { importInto } from "../transfer/import.ts";
import { guardedBody } from "./body.ts";
import { BrokenOff, publicError } from "./errors.ts";
import { EventStream } from "./event_stream.ts";
import type { Exchange } from "./request_context.ts";
import { gunzip } from "../gzip.ts";
import { isGzip } from "./content_encoding.ts";
import { type ImportParameters, importParametersOf } from "./import_query.ts";
import type { LargeBodies } from "./large_bodies.ts";
import { type BodySlot, BodySlots, slowBody } from "./body_slots.ts";
import type { ImportResult } from "../import_result.ts";
import type { Route, RouteContext } from "./route.ts";

/**
 * Makes the route.
 *
 * @param context What it works with.
 */
export function importRoute(context: RouteContext): Route {
  const { store, bodyStallMs, largeBodies } = context;
  const slots = new BodySlots({
    capacity: context.importsMax,
    waitingMax: importsWaitingMax,
    waitMs: context.importSlotWaitMs,
    slowMs: context.bodySlowMs,
    refusal: () => tooMany(context.importsMax),
    tooSlow: () => tooSlow(context.bodySlowMs),
  });
  return {
    path: "/import",
    method: "POST",
    async respond(exchange) {
      exchange.notable = true;
      const { namespace } = await exchange.authenticate();
      const mode = importParametersOf(exchange.url.searchParams);
      const decode: Decode = isGzip(exchange.request, "import") ? gunzip : (body) => body;
      const slot = await slots.take(exchange.signal);
      try {
        const unit = await store.beginImport(namespace, mode);
        const events = new EventStream();
        const end = exchange.keepOpen();
        const body = { decode, stallMs: bodyStallMs, slot, largeBodies };
        void run(exchange, unit, events, mode, body).then((failure) => {
          slot[Symbol.dispose]();
          end(failure);
        });
        return events.response();
      } catch (error) {
        slot[Symbol.dispose]();
        throw error;
      }
    },
  };
}

type Decode = (body: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>;

/** How a body comes in. */
interface BodyHandling {
  /** Decompresses it, or leaves it as it is. */
  decode: Decode;
  /** How long it may send nothing, in milliseconds. */
  stallMs: number;
  /** Measures it, and may end it. */
  slot: BodySlot;
  /** The memory for long lines. */
  largeBodies: LargeBodies;
}

/** Runs an import and sends its events. Resolves once nothing is left to do, to what went wrong. */
async function run(
  exchange: Exchange,
  unit: ImportUnit,
  events: EventStream,
  mode: ImportParameters,
  body: BodyHandling,
): Promise<EventoDBError | undefined> {
  let failure: EventoDBError | undefined;
  try {
    const { imported, skipped, elapsedMs } = await importAll(exchange, unit, events, mode, body);
    events.send({
      done: true,
      imported,
      ...skipped > 0 ? { skipped } : {},
      elapsed: `${(elapsedMs / 1000).toFixed(1)}s`,
    });
  } catch (error) {
    // The log has the same code.
    failure = importError(error, exchange.closing);
    const { code, message, line } = failure;
    events.send({ error: code, message, line });
  }
  events.close();
  return failure;
}

/** Once it has ended, the unit has been disposed of: the next import can begin. */
async function importAll(
  exchange: Exchange,
  unit: ImportUnit,
  events: EventStream,
  mode: ImportParameters,
  { decode, stallMs, slot, largeBodies }: BodyHandling,
): Promise<ImportResult> {
  await using importing = unit;
  const { pace } = slot;
  const memoryLost = new AbortController();
  const signal = AbortSignal.any([exchange.signal, events.left, slot.signal, memoryLost.signal]);
  using held = new DisposableStack();
  const longLines: LongLines = {
    async begin() {
      const slot = held.use(await largeBodies.longLines.take(signal, { pace }));
      slot.signal.addEventListener("abort", () => memoryLost.abort(slot.signal.reason));
    },
    handle: () => largeBodies.handled.take(signal, { weight: largeCallsBytesMax }),
  };
  const timer = setInterval(() => events.comment(`received ${pace.received}`), receivedEveryMs);
  const arrived = () => clearInterval(timer);
  try {
    const body = decode(guardedBody(exchange, { stallMs, signal, pace, onEnd: arrived }));
    return await importInto(importing, body, {
      ...mode,
      signal,
      longLines,
      onProgress: ({ imported, globalPosition }) =>
        events.offer({ imported, gpos: globalPosition }),
    });
  } finally {
    arrived();
  }
}

/** The error that a client receives, in the words of an import; the log has the same code. */
function importError(error: unknown, closing: boolean): EventoDBError {
  if (closing && error instanceof EventoDBError && error.status === 503) {
    return new EventoDBError(
      "IMPORT_FAILED",
      "The server is shutting down: nothing was imported. Start the import again",
      { status: 503 },
    );
  }
  if (error instanceof BrokenOff) {
    return new EventoDBError(
      "IMPORT_FAILED",
      "The request's body ended early: nothing was imported",
      { status: 400, cause: error },
    );
  }
  const { code, message, status, cause } = publicError(error);
  if (error instanceof EventoDBError && (status !== 408 || code === "IMPORT_FAILED")) return error;
  return new EventoDBError("IMPORT_FAILED", `${message}: nothing was imported`, { status, cause });
}

function tooMany(importsMax: number): EventoDBError {
  const imports = importsMax === 1 ? "1 import" : `${importsMax} imports`;
  return new EventoDBError(
    "BACKEND_ERROR",
    `This server is running ${imports}, its maximum. Try again later`,
    { status: 503 },
  );
}

function tooSlow(slowMs: number): EventoDBError {
  const message = `${
    slowBody(slowMs)
  }: nothing was imported. Start the import again over a faster connection`;
  return new EventoDBError("IMPORT_FAILED", message, { status: 408 });
}
