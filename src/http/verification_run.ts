/**
 * One run of `/verify`: what it finds, as events. It is loaded when somebody asks for it.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { verifiedEveryMs, verifyHeartbeatMs } from "./limits.ts";
import { unreadable } from "../slice/unreadable.ts";
import { type Verification, verify } from "../slice/verify/verify.ts";
import { verifyNamespace } from "../slice/verify/verify_namespace.ts";
import { storeNamespace } from "../transfer/namespace_reader.ts";
import { guardedBody } from "./body.ts";
import type { BodySlot } from "./body_slots.ts";
import { BrokenOff, publicError } from "./errors.ts";
import type { EventStream } from "./event_stream.ts";
import { KeptBody } from "./kept_body.ts";
import type { Exchange } from "./request_context.ts";
import type { RouteContext } from "./route.ts";

/** What a verification works with. */
export interface VerificationParts {
  exchange: Exchange;
  context: RouteContext;
  namespace: string;
  /** Measures the body, and may end it. */
  slot: BodySlot;
  events: EventStream;
}

/** One verification, and its events. */
export class VerificationRun {
  readonly #parts: VerificationParts;
  readonly #signal: AbortSignal;
  /** When the client was last told how far it is. */
  #toldAt = 0;

  constructor(parts: VerificationParts) {
    this.#parts = parts;
    const { exchange, events, slot } = parts;
    this.#signal = AbortSignal.any([exchange.signal, events.left, slot.signal]);
  }

  /** Sends what is found, and heartbeats meanwhile. Resolves to what went wrong. */
  async respond(find: () => Promise<Verification>): Promise<EventoDBError | undefined> {
    const { events, slot: { pace }, exchange } = this.#parts;
    const isFile = exchange.request.method === "POST";
    const beat = () => events.comment(isFile ? `received ${pace.received}` : "verifying");
    const timer = setInterval(beat, verifyHeartbeatMs);
    let failure: EventoDBError | undefined;
    try {
      events.send({ done: true, ...await find() });
    } catch (error) {
      failure = verifyError(error);
      const { code, message, line } = failure;
      events.send({ error: code, message, line });
    }
    clearInterval(timer);
    events.close();
    return failure;
  }

  /** Verifies the namespace by itself. */
  async namespace(): Promise<Verification> {
    return await verifyNamespace(this.#reader(), {
      signal: this.#signal,
      onProgress: (events) => this.#tell({ events }),
    });
  }

  /** Verifies the body by itself, and against the namespace. */
  async file(isCompressed: boolean): Promise<Verification> {
    const { exchange, context: { bodyStallMs: stallMs }, slot: { pace } } = this.#parts;
    const signal = this.#signal;
    using body = await KeptBody.of(guardedBody(exchange, { stallMs, signal, pace }), isCompressed);
    const found = await verify({
      open: () => body.lines(),
      against: {
        namespace: this.#reader(),
        onProgress: (compared) => this.#tell({ compared }),
      },
      signal,
      onProgress: (events) => this.#tell({ events }),
    });
    if (found.ok && found.events === 0) throw holdsNothing();
    return found;
  }

  #reader() {
    const { context: { store }, namespace } = this.#parts;
    return storeNamespace({ store, namespace }, this.#signal);
  }

  /** Tells how far it is, now and then. */
  #tell(progress: { events: number } | { compared: number }): void {
    const now = performance.now();
    if (now - this.#toldAt < verifiedEveryMs) return;
    this.#toldAt = now;
    this.#parts.events.offer(progress);
  }
}

/** Nothing of a body without records was found to be right. */
function holdsNothing(): EventoDBError {
  return new EventoDBError(
    "INVALID_RECORD",
    "Cannot verify the body: it holds no record. There is nothing to verify",
  );
}

/** What a client is told of a failure; the log has the same code. */
function verifyError(thrown: unknown): EventoDBError {
  if (thrown instanceof BrokenOff) {
    const options = { status: 400, cause: thrown };
    return new EventoDBError("INVALID_REQUEST", "The request's body ended early", options);
  }
  if (thrown instanceof Deno.errors.NotCapable) {
    return new EventoDBError(
      "BACKEND_ERROR",
      "Cannot verify here: it takes a temporary file, which the server may not write. Start the server with " +
        "--allow-write for the system's folder of such files, or use eventodb verify --url",
      { cause: thrown },
    );
  }
  const error = publicError(unreadable(thrown, "Cannot verify the body"));
  // What is wrong with the body's compression has the code of an import.
  return error.code === "IMPORT_FAILED"
    ? new EventoDBError("INVALID_REQUEST", error.message, { cause: error })
    : error;
}
