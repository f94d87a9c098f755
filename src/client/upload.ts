/**
 * `POST /import`: records up, progress down, and the outcome, also where it is unknown.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { ImportCount, ImportProgress, ImportResult } from "../import_result.ts";
import {
  importPlaceWaitMs,
  importStallMs,
  retryDelayMs,
  slowestUploadBytesPerMs,
} from "./limits.ts";
import { RecordCount } from "../record/record_count.ts";
import type { ServerResponse } from "./response.ts";
import { problemOf } from "./connection_problem.ts";
import { eventData } from "./event_data.ts";
import type { CallOptions, Retry } from "./options.ts";
import { delay } from "../deps/delay.ts";
import { sendsStreams } from "./platform.ts";
import type { Transport, TransportRequest } from "./transport.ts";
import { UploadBody } from "./upload_body.ts";
import { type UploadStandstill, UploadWatch } from "./upload_watch.ts";

/** How to upload. */
export interface UploadOptions extends CallOptions {
  /**
   * Replace the namespace's messages by the upload's.
   *
   * @default {false}
   */
  force?: boolean;
  /**
   * Whether `force` may empty the namespace: without it, an upload that has no record is refused.
   *
   * @default {false}
   */
  allowEmpty?: boolean;
  /** Skip existing records instead of refusing them. */
  existing?: "skip";
  /**
   * Whether the body is gzip data. Only for a server whose features name `import-gzip`.
   *
   * @default {false}
   */
  gzip?: boolean;
  /**
   * Count the records, and compare with what the server says that it has done. gzip data is never counted.
   *
   * @default {true}
   */
  countRecords?: boolean;
  /** Called as the import goes on. Nothing is committed before the upload resolves. */
  onProgress?: (progress: ImportProgress) => void;
  /**
   * Called when nothing has moved for 7 s although bytes are on their way: something in between, such as
   * a proxy, may hold them back. The upload goes on.
   */
  onStandstill?: (standstill: UploadStandstill) => void;
  /**
   * How long to wait for a slot in a server that is running as many imports as it may, in milliseconds.
   * The client's `onRetry` is called for each wait. 0: not at all.
   *
   * @default {600_000}
   */
  placeWaitMs?: number;
  /**
   * How long neither side may move, in milliseconds. A commit may take its time.
   *
   * @default {600_000}
   */
  timeoutMs?: number;
}

/**
 * Uploads records.
 *
 * @param transport What sends the request.
 * @param records NDJSON, or gzip data of it.
 * @param options How.
 * @param onRetry Called before each wait for a slot.
 * @returns What was done, once it is committed.
 * @throws {EventoDBError} The import's error, with its line. `OUTCOME_UNKNOWN` when everything was
 * sent and no response came, or an impossible one: whether it is committed is unknown. Any other failure
 * came before the end was sent, so that a server whose imports are atomic has imported nothing.
 */
export async function upload(
  transport: Transport,
  records: ReadableStream<Uint8Array> | Blob,
  options: UploadOptions = {},
  onRetry?: (retry: Retry) => void,
): Promise<ImportResult> {
  checkRecords(records);
  const started = performance.now();
  const { timeoutMs = importStallMs, onStandstill, gzip, countRecords = true } = options;
  const streams = sendsStreams();
  // A blob that goes as a whole is never read here.
  const count = gzip || !countRecords || (!streams && records instanceof Blob)
    ? undefined
    : new RecordCount();
  const counted = count?.of(records instanceof Blob ? records.stream() : records) ?? records;
  const watch = new UploadWatch(transport.url, timeoutMs, { onStandstill, body: () => body });
  const body: UploadBody = new UploadBody(counted, () => watch.moved());
  const signal = options.signal === undefined
    ? watch.signal
    : AbortSignal.any([options.signal, watch.signal]);
  const attempts = new Attempts(transport, body, watch, options, signal);
  try {
    if (!streams) await reach(transport, signal);
    const end = await attempts.run(onRetry);
    const done = end.imported + end.skipped;
    if (count !== undefined && done !== count.records) throw notAll(count.records, end);
    return { ...end, elapsedMs: performance.now() - started };
  } catch (error) {
    // What is wrong with the records themselves explains everything that followed from it.
    if (body.failure !== undefined) throw body.failure.error;
    const leavesOpen = error === attempts.listenerFailure ||
      isOpen(error, signal, attempts.listening);
    if (body.sentAll && leavesOpen) throw unknownOutcome(error);
    throw error;
  } finally {
    watch.stop();
    body.release();
  }
}

function checkRecords(records: unknown): void {
  if (records instanceof Blob) return;
  const { getReader, locked } = (records ?? {}) as Partial<ReadableStream>;
  if (typeof getReader === "function" && !locked) return;
  throw new EventoDBError(
    "INVALID_REQUEST",
    typeof getReader === "function"
      ? "Cannot upload: the stream of records is already being read"
      : `Cannot upload: records must be a ReadableStream of bytes or a Blob, got ${typeof records}`,
  );
}

/** Sends the records, again where the server had no slot for one more import. */
class Attempts {
  /** Whether the server's events are being read. */
  listening = false;
  /** What a listener of the caller has thrown. */
  listenerFailure: unknown;
  readonly #transport: Transport;
  readonly #body: UploadBody;
  readonly #watch: UploadWatch;
  readonly #options: UploadOptions;
  readonly #signal: AbortSignal;

  constructor(
    transport: Transport,
    body: UploadBody,
    watch: UploadWatch,
    options: UploadOptions,
    signal: AbortSignal,
  ) {
    this.#transport = transport;
    this.#body = body;
    this.#watch = watch;
    this.#options = options;
    this.#signal = signal;
  }

  async run(onRetry?: (retry: Retry) => void): Promise<ImportCount> {
    const { placeWaitMs = importPlaceWaitMs } = this.#options;
    const until = performance.now() + placeWaitMs;
    for (let attempt = 1;; attempt++) {
      try {
        return await this.#send();
      } catch (error) {
        const delayMs = this.#slotDelayMs(error);
        if (delayMs === undefined || performance.now() + delayMs > until) throw error;
        this.#body.refused();
        onRetry?.({ error: error as EventoDBError, attempt, delayMs });
        this.#watch.moved(delayMs);
        await delay(delayMs, { signal: this.#signal });
        this.#watch.restarted();
      }
    }
  }

  async #send(): Promise<ImportCount> {
    const body = sendsStreams() ? this.#body.stream() : await this.#body.whole(this.#signal);
    // There is no progress of a blob.
    if (body instanceof Blob) this.#watch.moved(body.size / slowestUploadBytesPerMs);
    const request: TransportRequest = {
      path: `/import${queryOf(this.#options)}`,
      method: "POST",
      headers: {
        "Content-Type": "application/x-ndjson",
        "Accept": "text/event-stream",
        ...this.#options.gzip ? { "Content-Encoding": "gzip" } : {},
      },
      body,
      signal: this.#signal,
      timeoutMs: Infinity,
    };
    return await this.#transport.exchange(request, async (response) => {
      if (!isEventStream(response)) throw response.unexpected(await response.beginning());
      this.listening = true;
      this.#body.accepted();
      this.#watch.responded();
      return await lastEvent(
        response,
        (progress) => this.#progress(progress),
        (comment) => this.#watch.commented(comment),
      );
    });
  }

  #progress(progress: ImportProgress): void {
    this.#watch.progressed(progress.imported);
    try {
      this.#options.onProgress?.(progress);
    } catch (error) {
      this.listenerFailure = error;
      throw error;
    }
  }

  /** How long to wait for a slot; `undefined` where that is not what failed, or nothing can be sent again. */
  #slotDelayMs(error: unknown): number | undefined {
    if (!(error instanceof EventoDBError) || error.status !== 503) return undefined;
    const { retryAfterMs } = error.details ?? {};
    if (typeof retryAfterMs !== "number" || this.listening || !this.#body.isKept) return undefined;
    return Math.max(retryAfterMs, retryDelayMs);
  }
}

/**
 * Looks whether the server is there for this page. What a browser says of a request that failed is the
 * same for one that never began: after this, an upload that fails may have been committed.
 */
async function reach(transport: Transport, signal: AbortSignal): Promise<void> {
  await transport.exchange(
    { path: "/version", method: "GET", signal },
    (response) => response.close(),
  );
}

function isEventStream(response: ServerResponse): boolean {
  return /^text\/event-stream\b/i.test(response.raw.headers.get("Content-Type") ?? "");
}

/** Reads events up to the last one. */
async function lastEvent(
  response: ServerResponse,
  onProgress: (progress: ImportProgress) => void,
  onComment: (comment: string) => void,
): Promise<ImportCount> {
  for await (const data of eventData(response.chunks(), onComment)) {
    const event = parseEvent(response, data);
    if (event.error !== undefined) {
      throw EventoDBError.withCode(event.error, event.message ?? "", { line: event.line });
    }
    const { imported = 0, skipped = 0, gpos = 0 } = event;
    if (event.done) return { imported, skipped };
    onProgress({ imported, globalPosition: gpos });
  }
  throw new EventoDBError(
    "CONNECTION_FAILED",
    "The server's response ended before the outcome of the import",
  );
}

interface ImportEvent {
  imported?: number;
  gpos?: number;
  done?: boolean;
  skipped?: number;
  error?: string;
  message?: string;
  line?: number;
}

function parseEvent(response: ServerResponse, data: string): ImportEvent {
  try {
    const event: unknown = JSON.parse(data);
    if (typeof event === "object" && event !== null) return event;
  } catch {
    // Said below.
  }
  throw response.unexpected(data);
}

function queryOf(options: UploadOptions): string {
  const query = new URLSearchParams();
  if (options.force) query.set("force", "true");
  if (options.allowEmpty) query.set("allowEmpty", "true");
  if (options.existing !== undefined) query.set("existing", options.existing);
  return query.size === 0 ? "" : `?${query}`;
}

/** Whether a server that has everything may have committed all the same. */
function isOpen(error: unknown, signal: AbortSignal, listening: boolean): boolean {
  if (signal.aborted && error === signal.reason) return true;
  if (!(error instanceof EventoDBError)) return false;
  // A small body is taken before the connection is made. A browser does not say whether it was made.
  if (error.code === "CONNECTION_FAILED") {
    const problem = problemOf(error);
    return problem === undefined || problem === "unspecified";
  }
  // A proxy whose timeout has passed knows as little as we do.
  return error.code === "UNEXPECTED_ANSWER" && (listening || Number(error.details?.status) >= 500);
}

function notAll(sent: number, { imported, skipped }: ImportCount): EventoDBError {
  return new EventoDBError(
    "OUTCOME_UNKNOWN",
    `${sent} records were sent, but the server says that it has imported ${imported + skipped}`,
    { details: { sent, imported, skipped } },
  );
}

function unknownOutcome(cause: unknown): EventoDBError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EventoDBError(
    "OUTCOME_UNKNOWN",
    `Everything was sent, but the server did not report the outcome of the import (${reason}). ` +
      "It is not known whether it is committed",
    { cause },
  );
}
