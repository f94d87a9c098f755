/**
 * Request bodies, with a size limit and an idle timeout: `Deno.serve` itself waits for a body forever.
 *
 * @module
 */

import { ByteReader, sameBuffer } from "../byte_reader.ts";
import { abortable } from "../deps/abortable.ts";
import { EventoDBError } from "../errors.ts";
import { smallBodyBytesMax } from "./limits.ts";
import { inNextTick } from "../tick.ts";
import { within } from "../waiting.ts";
import type { BodySlot, SlotRequest } from "./body_slots.ts";
import { BrokenOff } from "./errors.ts";
import type { Exchange } from "./request_context.ts";
import { Pace } from "./pace.ts";
import { shuttingDown } from "./running_requests.ts";

/** Bytes handed on at once to those who bring no buffer of their own. */
const chunkBytes = 64 * 1024;

/** Buffer for the beginning of a body that does not say its length: most are small. */
const beginningBytes = 4 * 1024;

/** What a body is held to. */
export interface BodyOptions {
  /** How long the body may send nothing, in milliseconds. */
  stallMs: number;
  /** Ends the reading. Default: the exchange's own signal. */
  signal?: AbortSignal;
  /** Counts and times what comes in. */
  pace?: Pace;
  /** Called when nothing more comes in. */
  onEnd?: () => void;
}

/** What a body that is read whole is held to. */
export interface TextBodyOptions extends BodyOptions {
  /** Most bytes. */
  bytesMax: number;
}

/**
 * Hands a request's body on as it comes. Time in which no chunk is asked for does not count as
 * stalling.
 *
 * @param exchange The request.
 * @param options Idle timeout and signal.
 * @returns Its chunks. The stream fails with `INVALID_REQUEST` (408) when nothing comes for too
 * long, with the signal's reason once that is aborted, and with {@linkcode BrokenOff} when the client
 * has gone.
 */
export function guardedBody(
  exchange: Exchange,
  options: BodyOptions,
): ReadableStream<Uint8Array> {
  const { stallMs, signal = exchange.signal, pace } = options;
  if (exchange.request.body === null) return new Blob([]).stream();
  const reader = new ByteReader(exchange.request.body);
  let givenUp: { reason: unknown } | undefined;
  const giveUp = (reason: unknown) => {
    givenUp ??= { reason };
    // It also ends a read that waits.
    reader.cancel(reason).catch(() => {});
  };
  const idleTimeout = new IdleTimeout(stallMs, giveUp);
  const stop = () => giveUp(signal.reason);
  const end = () => {
    idleTimeout.end();
    signal.removeEventListener("abort", stop);
    options.onEnd?.();
  };
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();

  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: chunkBytes,
    async pull(controller) {
      try {
        pace?.wait();
        const read = await idleTimeout.during(nextBytes(reader, controller.byobRequest!));
        pace?.got(read.value?.length ?? 0);
        if (givenUp !== undefined) throw givenUp.reason;
        if (read.done) end();
        handOn(controller, read);
      } catch (cause) {
        end();
        reader.cancel(cause).catch(() => {});
        if (givenUp !== undefined) throw givenUp.reason;
        leftEarly(exchange, cause);
      }
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  });
}

async function nextBytes(
  reader: ByteReader,
  { view }: ReadableStreamBYOBRequest,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  for (;;) {
    const read = await reader.read(view as Uint8Array<ArrayBuffer>);
    // A stream of bytes knows no empty chunks, others do.
    if (read.done || read.value.length > 0) return read;
  }
}

/** Hands what was read on to the reader. */
function handOn(
  controller: ReadableByteStreamController,
  { value, done }: ReadableStreamReadResult<Uint8Array>,
): void {
  if (done) controller.close();
  const request = controller.byobRequest!;
  // The memory that was asked to be filled has moved on to what was read.
  if (request.view!.buffer.detached) return request.respondWithNewView(value!);
  if (done) return request.respond(0);
  // What is handed on is taken away from where it was, and this is not ours to take.
  controller.enqueue(new Uint8Array(value));
}

/** Notices when nothing has come for too long: one timer does for all that comes in that time. */
class IdleTimeout {
  readonly #stallMs: number;
  readonly #giveUp: (reason: EventoDBError) => void;
  #waitsSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(stallMs: number, giveUp: (reason: EventoDBError) => void) {
    this.#stallMs = stallMs;
    this.#giveUp = giveUp;
  }

  /** Waits for something to come in. */
  async during<T>(reading: Promise<T>): Promise<T> {
    this.#waitsSince = performance.now();
    this.#timer ??= setTimeout(() => this.#look(), this.#stallMs);
    try {
      return await reading;
    } finally {
      this.#waitsSince = undefined;
    }
  }

  /** Lets the timer go. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#waitsSince === undefined) return;
    const leftMs = this.#waitsSince + this.#stallMs - performance.now();
    if (leftMs <= 0) this.#giveUp(stalled(this.#stallMs));
    else this.#timer = setTimeout(() => this.#look(), leftMs);
  }
}

/** Takes a share of the memory for large bodies; the giver releases it. */
export type TakeShare = (request: SlotRequest) => Promise<BodySlot>;

/**
 * Reads a request's body whole. One of up to `smallBodyBytesMax` is to come within the time in which a
 * larger one has to send something.
 *
 * @param exchange The request.
 * @param options Bounds and signal.
 * @param takeShare Called for a body that is larger than that: before it is read where it says its
 * length, else once more of it comes.
 * @throws {EventoDBError} `REQUEST_TOO_LARGE`; `INVALID_REQUEST` (408) when it sends nothing for too long.
 */
export async function readBytes(
  exchange: Exchange,
  options: TextBodyOptions,
  takeShare: TakeShare,
): Promise<Uint8Array> {
  const length = lengthOf(exchange, options);
  return length !== undefined && length <= smallBodyBytesMax
    ? await readSmall(exchange, options)
    : await readLarge(exchange, options, length, takeShare);
}

/** How many bytes a body says that it has. */
function lengthOf(exchange: Exchange, { bytesMax }: TextBodyOptions): number | undefined {
  const { headers } = exchange.request;
  const length = Number(headers.get("Content-Length") ?? NaN);
  if (length > bytesMax && length < Infinity) throw tooLarge(bytesMax);
  // A length beside chunks is a lie or a mistake: such a body is counted as it comes.
  return length <= bytesMax && !headers.has("Transfer-Encoding") ? length : undefined;
}

/**
 * Makes text of a body.
 *
 * @param bytes The body.
 * @throws {EventoDBError} `INVALID_REQUEST` when it is not UTF-8.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    // Bytes that are not UTF-8 are refused, never replaced.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new EventoDBError("INVALID_REQUEST", "The request's body is not valid UTF-8");
  }
}

/** Reads a body at once, without a stream: that takes a third of the time, and most bodies are small. */
async function readSmall(exchange: Exchange, options: TextBodyOptions): Promise<Uint8Array> {
  const { stallMs, signal = exchange.signal, bytesMax } = options;
  const reading = exchange.request.bytes().catch((cause) => leftEarly(exchange, cause));
  // Most are there before the tick is over, and to watch over a body costs as much as to read it.
  const bytes = await Promise.race([reading, tickOver()]) ??
    await within(abortable(reading, signal), stallMs);
  if (bytes === undefined) throw stalled(stallMs);
  // Only a request that did not come over a socket has more than it says.
  if (bytes.length > bytesMax) throw tooLarge(bytesMax);
  return bytes;
}

let tick: Promise<undefined> | undefined;

/** Resolves once this tick of the event loop is over; one promise for all who ask in it. */
function tickOver(): Promise<undefined> {
  return tick ??= new Promise((resolve) => {
    inNextTick(() => {
      tick = undefined;
      resolve(undefined);
    });
  });
}

/** Reads a body into one buffer, of which only what is filled is really taken. */
async function readLarge(
  exchange: Exchange,
  options: TextBodyOptions,
  length: number | undefined,
  takeShare: TakeShare,
): Promise<Uint8Array> {
  const { signal = exchange.signal, bytesMax, stallMs } = options;
  const pace = new Pace();
  const ended = new AbortController();
  const share = async (weight: number) => {
    const slot = await takeShare({ weight, pace });
    slot.signal.addEventListener("abort", () => ended.abort(slot.signal.reason));
  };
  let isShared = length !== undefined;
  if (length !== undefined) await share(length);
  const body = guardedBody(exchange, {
    ...options,
    pace,
    signal: AbortSignal.any([signal, ended.signal]),
  });
  const reader = new ByteReader(body);
  // Not `AbortSignal.timeout`: this one ends once the body turns out to be large.
  const timer = isShared ? undefined : setTimeout(() => ended.abort(stalled(stallMs)), stallMs);
  let bytes = new Uint8Array(length ?? beginningBytes);
  let used = 0;
  let buffer = new Uint8Array(isShared ? chunkBytes : beginningBytes);
  try {
    for (;;) {
      const { value, done } = await reader.read(buffer);
      if (done) return bytes.subarray(0, used);
      const needed = used + value.length;
      if (needed > bytesMax) throw tooLarge(bytesMax);
      if (!isShared && needed > smallBodyBytesMax) {
        clearTimeout(timer);
        await share(bytesMax);
        isShared = true;
      }
      // One that does not say its length, or did not come over a socket and has more than it says.
      if (needed > bytes.length) {
        const longer = new Uint8Array(isShared ? bytesMax : smallBodyBytesMax);
        longer.set(bytes);
        bytes = longer;
      }
      bytes.set(value, used);
      used = needed;
      buffer = sameBuffer(buffer, value);
      if (isShared && buffer.length < chunkBytes) buffer = new Uint8Array(chunkBytes);
    }
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function leftEarly(exchange: Exchange, cause: unknown): never {
  // Deno 2.9 reads no body on once it has stopped listening (denoland/deno#36809).
  throw exchange.closing ? shuttingDown() : new BrokenOff("the client disconnected", { cause });
}

function tooLarge(bytesMax: number): EventoDBError {
  return new EventoDBError(
    "REQUEST_TOO_LARGE",
    `The request's body is too large: at most ${bytesMax} bytes are allowed`,
  );
}

function stalled(stallMs: number): EventoDBError {
  return new EventoDBError(
    "INVALID_REQUEST",
    `The request's body has sent nothing for ${stallMs / 1000} s`,
    { status: 408 },
  );
}
