/**
 * `POST /import`: NDJSON in, server-sent events out. All of it or nothing.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import type { ImportMode, ImportUnit } from "../store/store.ts";
import { importInto, type ImportResult } from "../transfer/import.ts";
import { guardedBody } from "./body.ts";
import { publicError } from "./errors.ts";
import { EventStream } from "./event_stream.ts";
import type { Exchange } from "./exchange.ts";
import { gunzip } from "./gzip.ts";
import type { Route, RouteContext } from "./route.ts";

/**
 * Makes the route.
 *
 * @param context What it works with.
 * @returns The route.
 */
export function importRoute(context: RouteContext): Route {
  const { store, importsMax, bodyStallMs } = context;
  let running = 0;
  return {
    path: "/import",
    method: "POST",
    async answer(exchange) {
      exchange.notable = true;
      const { namespace } = await exchange.authenticate();
      const mode = modeOf(exchange.url.searchParams);
      const decode = decoderOf(exchange.request);
      if (running >= importsMax) throw tooMany(importsMax);
      running++;
      try {
        const unit = await store.beginImport(namespace, mode);
        const events = new EventStream();
        const end = exchange.keepOpen();
        void run(exchange, unit, events, { decode, stallMs: bodyStallMs }).then((failure) => {
          running--;
          end(failure);
        });
        return events.response();
      } catch (error) {
        running--;
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
}

/** Runs an import and sends its events. Resolves once nothing is left to do, to what went wrong. */
async function run(
  exchange: Exchange,
  unit: ImportUnit,
  events: EventStream,
  options: BodyHandling,
): Promise<unknown> {
  let failure: unknown;
  try {
    const { imported, skipped, elapsedMs } = await importAll(exchange, unit, events, options);
    events.send({
      done: true,
      imported,
      ...skipped > 0 ? { skipped } : {},
      elapsed: `${(elapsedMs / 1000).toFixed(1)}s`,
    });
  } catch (error) {
    failure = error;
    const { code, message, line } = importError(error, exchange.closing);
    events.send({ error: code, message, line });
  }
  events.close();
  return failure;
}

/** Once it has ended, the unit has been disposed of: who imports next finds nothing in the way. */
async function importAll(
  exchange: Exchange,
  unit: ImportUnit,
  events: EventStream,
  { decode, stallMs }: BodyHandling,
): Promise<ImportResult> {
  await using importing = unit;
  const signal = AbortSignal.any([exchange.signal, events.left]);
  const body = decode(guardedBody(exchange, { stallMs, signal }));
  return await importInto(importing, body, {
    signal,
    onProgress: ({ imported, globalPosition }) => events.offer({ imported, gpos: globalPosition }),
  });
}

/** What a client is told of a failure, in the words of an import. */
function importError(error: unknown, closing: boolean): EventoDBError {
  if (closing && error instanceof EventoDBError && error.status === 503) {
    return new EventoDBError(
      "IMPORT_FAILED",
      "The server is shutting down: nothing was imported. Start the import again",
    );
  }
  const shown = publicError(error);
  if (error instanceof EventoDBError && shown.status !== 408) return shown;
  return new EventoDBError("IMPORT_FAILED", `${shown.message}: nothing was imported`);
}

function modeOf(query: URLSearchParams): ImportMode {
  const force = query.get("force");
  const existing = query.get("existing");
  if (force !== null && force !== "true" && force !== "false") {
    throw invalid(`"force" must be true or false, got ${JSON.stringify(excerpt(force))}`);
  }
  if (existing !== null && existing !== "skip") {
    throw invalid(`"existing" must be skip, got ${JSON.stringify(excerpt(existing))}`);
  }
  if (force === "true" && existing !== null) {
    throw invalid("force=true replaces what existing=skip would keep: use one of them");
  }
  return { force: force === "true", existing: existing ?? undefined };
}

function decoderOf(request: Request): Decode {
  const encoding = request.headers.get("Content-Encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding === "gzip" || encoding === "x-gzip") return gunzip;
  if (encoding === "identity" || encoding === "") return (body) => body;
  throw new EventoDBError(
    "INVALID_REQUEST",
    `Cannot import a body with Content-Encoding ${
      JSON.stringify(excerpt(encoding))
    }: only gzip is understood`,
    { status: 415 },
  );
}

function tooMany(importsMax: number): EventoDBError {
  const imports = importsMax === 1 ? "1 import" : `${importsMax} imports`;
  return new EventoDBError(
    "BACKEND_ERROR",
    `This server is running ${imports}, as many as it may at the same time. Try again later`,
    { status: 503 },
  );
}

function invalid(reason: string): EventoDBError {
  return new EventoDBError("INVALID_REQUEST", `Cannot import: ${reason}`);
}
