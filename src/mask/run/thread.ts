/**
 * A worker that is asked things: each request has one reply, and errors cross threads as their parts.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";

/** The parts of an error. */
interface ErrorParts {
  name: string;
  message: string;
  code?: string;
  line?: number;
  details?: Record<string, unknown>;
}

/** A request on its way to a worker. */
interface Asked<Request> {
  number: number;
  request: Request;
}

/** What comes back: the reply to a request or its error, news that nobody has asked for, or that it crashed. */
type Told<Reply, News> =
  | { number: number; reply: Reply }
  | { number: number; error: ErrorParts }
  | { news: News }
  | { crash: true };

interface Waiting<Reply> {
  resolve(reply: Reply): void;
  reject(error: unknown): void;
}

/** The part of a worker's global scope that is used here; `lib.deno.worker` would hold everywhere. */
interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, buffers?: ArrayBuffer[]): void;
  addEventListener(type: "error" | "unhandledrejection", listener: (event: Event) => void): void;
}

/** The side that asks. */
export class Thread<Request, Reply, News = never> implements Disposable {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting<Reply>>();
  #number = 0;
  #crash: EventoDBError | undefined;

  /**
   * @param worker The worker, whose module calls {@linkcode serveThread}.
   * @param onNews Called with what it says without being asked.
   */
  constructor(worker: Worker, onNews: (news: News) => void = () => {}) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Told<Reply, News>>) => {
      if ("news" in data) return onNews(data.news);
      if ("crash" in data) return this.#crashed();
      const waiting = this.#waiting.get(data.number);
      this.#waiting.delete(data.number);
      if ("reply" in data) waiting?.resolve(data.reply);
      else waiting?.reject(errorOf(data.error));
    };
    // Such as a module that cannot be loaded.
    worker.onerror = (event) => {
      event.preventDefault();
      this.#crashed();
    };
  }

  /** How many requests wait for their replies. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Asks something.
   *
   * @param request What.
   * @param buffers What goes over to the worker, rather than being copied.
   * @returns The reply.
   */
  ask(request: Request, buffers: ArrayBuffer[] = []): Promise<Reply> {
    if (this.#crash !== undefined) return Promise.reject(this.#crash);
    const number = this.#number++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#worker.postMessage({ number, request } satisfies Asked<Request>, buffers);
    });
  }

  /** Ends the worker; what waits for a reply fails. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
    this.#end(new EventoDBError("MASK_FAILED", "Cannot mask the events: they were given up"));
  }

  #crashed(): void {
    this.#crash ??= new EventoDBError(
      "MASK_FAILED",
      "Cannot mask the events: a thread of this command has failed. Run it again",
      { details: { kind: "thread" } },
    );
    this.#end(this.#crash);
  }

  #end(error: EventoDBError): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/**
 * The side that is asked: call it once, in the module of a worker.
 *
 * @param respond Makes the reply to a request, and says what of it goes over rather than being copied.
 * @returns Tells the other side something without being asked.
 */
export function serveThread<Request, Reply, News = never>(
  respond: (request: Request) => MaybePromise<{ reply: Reply; buffers?: ArrayBuffer[] }>,
): (news: News) => void {
  const scope = globalThis as unknown as WorkerScope;
  const tell = (told: Told<Reply, News>, buffers: ArrayBuffer[] = []) =>
    scope.postMessage(told, buffers);
  for (const type of ["error", "unhandledrejection"] as const) {
    scope.addEventListener(type, (event) => {
      // It would be printed with its stack, and may be about a value.
      event.preventDefault();
      tell({ crash: true });
    });
  }
  scope.onmessage = async ({ data: { number, request } }: MessageEvent<Asked<Request>>) => {
    try {
      const { reply, buffers } = await respond(request);
      tell({ number, reply }, buffers);
    } catch (error) {
      tell({ number, error: partsOf(error) });
    }
  };
  return (news) => tell({ news });
}

type MaybePromise<T> = T | Promise<T>;

function partsOf(error: unknown): ErrorParts {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message } = error;
  if (!(error instanceof EventoDBError)) return { name, message };
  const { code, line, details } = error;
  return {
    ...{ name, message, code },
    ...line === undefined ? {} : { line },
    ...details === undefined ? {} : { details },
  };
}

function errorOf({ name, message, code, ...options }: ErrorParts): Error {
  if (code !== undefined) return EventoDBError.withCode(code, message, options);
  // Such as those of the disk, which are told apart by their classes.
  const known = (Deno.errors as unknown as Record<string, new (message: string) => Error>)[name];
  return known === undefined ? new Error(message) : new known(message);
}
