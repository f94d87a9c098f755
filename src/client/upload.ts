/**
 * `POST /import`: records up, progress down, and an honest word about how it ended.
 *
 * @module
 */

import { type ErrorCode, EventoDBError } from "../errors.ts";
import { importStallMs, slowestUploadBytesPerMs } from "../limits.ts";
import type { Answer } from "./answer.ts";
import { problemOf } from "./connection_problem.ts";
import { eventData } from "./event_data.ts";
import type { CallOptions } from "./options.ts";
import type { Transport, TransportRequest } from "./transport.ts";
import { sendsStreams, wholeBody } from "./whole_body.ts";

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
  /** Skip records that are there already, instead of refusing them. */
  existing?: "skip";
  /**
   * Whether the body is gzip data. Only for a server whose features name `import-gzip`.
   *
   * @default {false}
   */
  gzip?: boolean;
  /** Called as the import goes on. Nothing is committed before the upload resolves. */
  onProgress?: (progress: UploadProgress) => void;
  /**
   * How long neither side may move, in milliseconds. A commit may take its time.
   *
   * @default {600_000}
   */
  timeoutMs?: number;
}

/** How far an import is. */
export interface UploadProgress {
  /** Records written so far. */
  imported: number;
  /** The last global position among them. */
  globalPosition: number;
}

/** What an import has done. */
export interface UploadResult {
  /** Records written. */
  imported: number;
  /** Records skipped since they were there already. */
  skipped: number;
  /** How long it took, in milliseconds. */
  elapsedMs: number;
}

/**
 * Uploads records.
 *
 * @param transport What sends the request.
 * @param records NDJSON, or gzip data of it.
 * @param options How.
 * @returns What was done, once it is committed.
 * @throws {EventoDBError} The import's error, with its line. `OUTCOME_UNKNOWN` when everything was
 * sent and no answer came: whether it is committed cannot be told. Any other failure came before the
 * end was sent, so that a server whose imports are atomic has imported nothing.
 */
export async function upload(
  transport: Transport,
  records: ReadableStream<Uint8Array> | Blob,
  options: UploadOptions = {},
): Promise<UploadResult> {
  const started = performance.now();
  const watch = new StallWatch(transport.url, options.timeoutMs ?? importStallMs);
  const body = new WatchedBody(records, () => watch.moved());
  const signal = options.signal === undefined
    ? watch.signal
    : AbortSignal.any([options.signal, watch.signal]);
  let listening = false;
  try {
    const streams = sendsStreams();
    if (!streams) await reach(transport, signal);
    const content = streams ? body.stream : await body.whole(signal);
    // Nobody sees a blob go.
    if (content instanceof Blob) watch.moved(content.size / slowestUploadBytesPerMs);
    const request: TransportRequest = {
      path: `/import${queryOf(options)}`,
      method: "POST",
      headers: {
        "Content-Type": "application/x-ndjson",
        "Accept": "text/event-stream",
        ...options.gzip ? { "Content-Encoding": "gzip" } : {},
      },
      body: content,
      signal,
      timeoutMs: Infinity,
    };
    const end = await transport.exchange(request, async (answer) => {
      if (!isEventStream(answer)) throw answer.unexpected(await answer.beginning());
      listening = true;
      return await lastEvent(answer, (progress) => {
        watch.moved();
        options.onProgress?.(progress);
      });
    });
    return { ...end, elapsedMs: performance.now() - started };
  } catch (error) {
    // What is wrong with the records themselves explains everything that followed from it.
    if (body.failure !== undefined) throw body.failure.error;
    if (body.sent && leavesOpen(error, options.signal, listening)) throw unknownOutcome(error);
    throw error;
  } finally {
    watch.stop();
    body.release();
  }
}

/**
 * Looks whether the server is there for this page. What a browser says of a request that failed is the
 * same for one that never began: after this, an upload that fails may have been committed.
 */
async function reach(transport: Transport, signal: AbortSignal): Promise<void> {
  await transport.exchange({ path: "/version", method: "GET", signal }, (answer) => answer.close());
}

function isEventStream(answer: Answer): boolean {
  return /^text\/event-stream\b/i.test(answer.response.headers.get("Content-Type") ?? "");
}

/** Reads events up to the last one. */
async function lastEvent(
  answer: Answer,
  onProgress: (progress: UploadProgress) => void,
): Promise<{ imported: number; skipped: number }> {
  for await (const data of eventData(answer.chunks())) {
    const event = parseEvent(answer, data);
    if (event.error !== undefined) {
      throw new EventoDBError(event.error as ErrorCode, event.message ?? "", { line: event.line });
    }
    const { imported = 0, skipped = 0, gpos = 0 } = event;
    if (event.done) return { imported, skipped };
    onProgress({ imported, globalPosition: gpos });
  }
  throw new EventoDBError(
    "CONNECTION_FAILED",
    "The server's answer ended before it said how the import ended",
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

function parseEvent(answer: Answer, data: string): ImportEvent {
  try {
    const event: unknown = JSON.parse(data);
    if (typeof event === "object" && event !== null) return event;
  } catch {
    // Said below.
  }
  throw answer.unexpected(data);
}

function queryOf(options: UploadOptions): string {
  const query = new URLSearchParams();
  if (options.force) query.set("force", "true");
  if (options.allowEmpty) query.set("allowEmpty", "true");
  if (options.existing !== undefined) query.set("existing", options.existing);
  return query.size === 0 ? "" : `?${query}`;
}

/** Whether a server that has everything may have committed all the same. */
function leavesOpen(
  error: unknown,
  signal: AbortSignal | undefined,
  listening: boolean,
): boolean {
  if (signal?.aborted && error === signal.reason) return true;
  if (!(error instanceof EventoDBError)) return false;
  // A small body is taken before the connection is made.
  if (error.code === "CONNECTION_FAILED") return problemOf(error) === undefined;
  // A proxy that has lost patience knows as little as we do.
  return error.code === "UNEXPECTED_ANSWER" && (listening || Number(error.details?.status) >= 500);
}

function unknownOutcome(cause: unknown): EventoDBError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EventoDBError(
    "OUTCOME_UNKNOWN",
    `Everything was sent, but the server did not say how the import ended (${reason}). ` +
      "It is not known whether it is committed",
    { cause },
  );
}

/** Aborts when nothing has moved for too long. */
class StallWatch {
  readonly #abort = new AbortController();
  readonly #url: string;
  readonly #timeoutMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, timeoutMs: number) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
    this.moved();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** @param extraMs How much longer than usual nothing may move from here on, in milliseconds. */
  moved(extraMs = 0): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const seconds = Number(((this.#timeoutMs + extraMs) / 1000).toPrecision(3));
      const message = `${this.#url} has neither taken nor sent anything for ${seconds} s`;
      this.#abort.abort(new EventoDBError("CONNECTION_FAILED", message));
    }, this.#timeoutMs + extraMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** The records on their way: whether all have been taken, and what failed in reading them. */
class WatchedBody {
  /** What is sent. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Whether the end has been handed over: from then on, a server can commit. */
  sent = false;
  /** What went wrong in reading the records. */
  failure: { error: unknown } | undefined;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #blob: Blob | undefined;
  #calledOff = false;

  constructor(records: ReadableStream<Uint8Array> | Blob, onMove: () => void) {
    this.#blob = records instanceof Blob ? records : undefined;
    const reader = (records instanceof Blob ? records.stream() : records).getReader();
    this.#reader = reader;
    this.stream = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        try {
          const { value, done } = await reader.read();
          // Calling off also ends a read that waits; that is no end of the records.
          if (this.#calledOff) return;
          onMove();
          if (!done) return controller.enqueue(value);
          this.sent = true;
          controller.close();
        } catch (error) {
          this.failure = { error };
          throw error;
        }
      },
      cancel: (reason) => {
        this.#calledOff = true;
        return reader.cancel(reason);
      },
    }, { highWaterMark: 0 });
  }

  /** All of the records, for a platform that sends no streams; they count as sent from then on. */
  async whole(signal: AbortSignal): Promise<Blob> {
    const blob = this.#blob ?? await wholeBody(this.stream, signal);
    this.sent = true;
    return blob;
  }

  /** Lets go of what was not sent. */
  release(): void {
    this.#calledOff = true;
    this.#reader.cancel().catch(() => {});
  }
}
