/**
 * Calls of `POST /rpc`.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { arrayElements } from "../json/array_elements.ts";
import { elementCharsMax } from "../limits.ts";
import { messagesCharsMax, responseCharsMax } from "./limits.ts";
import { type Message, payloadChars } from "../message.ts";
import type { ServerResponse } from "./response.ts";
import type { CallOptions } from "./options.ts";
import { type RetryPolicy, withRetries } from "./retry.ts";
import type { Transport, TransportRequest } from "./transport.ts";

/** A method and the JSON texts of its arguments. */
export type RpcCall = readonly [method: string, ...args: string[]];

/** Whether a response has the form that its method promises. */
export type ResponseCheck<T> = (value: unknown) => value is T;

/** A call and the form of its response. */
export type TypedCall<T> = readonly [call: RpcCall, check: ResponseCheck<T>];

/** Calls methods. */
export class Rpc {
  readonly #transport: Transport;
  readonly #policy: RetryPolicy;

  /**
   * @param transport What sends requests.
   * @param policy How often a call that reads is tried again.
   */
  constructor(transport: Transport, policy: RetryPolicy) {
    this.#transport = transport;
    this.#policy = policy;
  }

  /**
   * Calls a method that only reads, and again after a failure that may be temporary.
   *
   * @param options Signal.
   * @returns The response.
   */
  read<T>(call: TypedCall<T>, options?: CallOptions): Promise<T> {
    return withRetries(() => this.once(call, options), this.#policy, options);
  }

  /**
   * Calls a method once.
   *
   * @param options Signal.
   * @returns The response.
   * @throws {EventoDBError} The server's error, `CONNECTION_FAILED` or `UNEXPECTED_ANSWER`.
   */
  once<T>([call, check]: TypedCall<T>, options?: CallOptions): Promise<T> {
    return this.#transport.exchange(
      requestOf(call, options),
      (response) => response.json(check),
    );
  }

  /**
   * Calls a method that responds with messages, and again after a failure that may be temporary.
   *
   * @param call Method and arguments.
   * @param parse Reads one of them.
   * @param options Signal.
   * @throws {EventoDBError} `UNEXPECTED_ANSWER` when they are more than one array should hold.
   */
  readMessages(
    call: RpcCall,
    parse: (text: string) => Message,
    options?: CallOptions,
  ): Promise<Message[]> {
    const attempt = async () => {
      const messages: Message[] = [];
      let chars = 0;
      for await (const some of this.arrivingMessages(call, parse, options)) {
        for (const message of some) {
          chars += charsOf(message);
          if (chars > messagesCharsMax) throw tooMany(call[0]);
          messages.push(message);
        }
      }
      return messages;
    };
    return withRetries(attempt, this.#policy, options);
  }

  /**
   * Calls a method that responds with messages, once, and hands them on as they arrive. Leaving the
   * loop cancels the rest.
   *
   * @param call Method and arguments.
   * @param parse Reads one of them.
   * @param options Signal.
   * @throws {EventoDBError} As `once`; after messages have come, too.
   */
  async *arrivingMessages(
    call: RpcCall,
    parse: (text: string) => Message,
    options?: CallOptions,
  ): AsyncGenerator<Message[]> {
    const response = await this.#transport.send(requestOf(call, options));
    let beginning = "";
    let ended = false;
    /** Characters that have come since the last message: white space has no end of its own. */
    let idleChars = 0;
    async function* watched() {
      for await (const chunk of response.chunks()) {
        beginning ||= chunk.trimStart();
        idleChars += chunk.length;
        if (idleChars > elementCharsMax) {
          throw response.tooLong(elementCharsMax, " without a message");
        }
        yield chunk;
      }
      ended = true;
    }
    const elements = arrayElements(watched());
    try {
      while (true) {
        // Only what the server sent is judged here, never what the reader of this throws.
        let messages: Message[];
        try {
          const { value, done } = await elements.next();
          if (done) return;
          idleChars = 0;
          messages = value.map(parse);
        } catch (error) {
          if (!(error instanceof Error) || error === options?.signal?.reason) throw error;
          throw explain(error, response, beginning, ended);
        }
        yield messages;
      }
    } finally {
      await response.close();
    }
  }

  /**
   * Calls a method that responds with a message or `null`, and again after a failure that may be temporary.
   *
   * @param call Method and arguments.
   * @param parse Reads the message.
   * @param options Signal.
   */
  readOptionalMessage(
    call: RpcCall,
    parse: (text: string) => Message,
    options?: CallOptions,
  ): Promise<Message | null> {
    return this.readText(call, (text) => text === "null" ? null : parse(text), options);
  }

  /**
   * Calls a method whose response has payloads in it, and again after a failure that may be temporary.
   *
   * @param call Method and arguments.
   * @param parse Reads the response's JSON text.
   * @param options Signal.
   * @returns What it makes of it.
   */
  readText<T>(call: RpcCall, parse: (text: string) => T, options?: CallOptions): Promise<T> {
    const attempt = () =>
      this.#transport.exchange(requestOf(call, options), async (response) => {
        const text = (await response.text(responseCharsMax)).trim();
        try {
          return parse(text);
        } catch (cause) {
          throw response.unexpected(text, cause);
        }
      });
    return withRetries(attempt, this.#policy, options);
  }
}

/** About what a message takes in memory, in characters. */
function charsOf(message: Message): number {
  return 100 + message.stream.length + message.type.length + payloadChars(message);
}

function tooMany(method: string): EventoDBError {
  return new EventoDBError(
    "UNEXPECTED_ANSWER",
    `Cannot return all that ${method} sends as one array: it is more than ${
      messagesCharsMax.toLocaleString("en-US")
    } characters. Give a smaller batchSize, or read page by page with readStream or readCategory`,
    { details: { status: 200, charsMax: messagesCharsMax } },
  );
}

function requestOf([method, ...args]: RpcCall, options: CallOptions = {}): TransportRequest {
  return {
    path: "/rpc",
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: `[${[JSON.stringify(method), ...args].join(",")}]`,
    signal: options.signal,
  };
}

/** Puts what is wrong with an array of messages into the client's words. */
function explain(error: Error, response: ServerResponse, beginning: string, ended: boolean): Error {
  // The connection's own errors, and a missing permission.
  if (error instanceof EventoDBError || error.name === "NotCapable") return error;
  const isArray = beginning.trimStart().startsWith("[");
  if (ended && (isArray || beginning === "")) {
    return new EventoDBError("CONNECTION_FAILED", "The server's response ended in the middle", {
      cause: error,
    });
  }
  if (!isArray) return response.unexpected(beginning, error);
  return new EventoDBError("UNEXPECTED_ANSWER", error.message, {
    cause: error,
    details: { status: response.raw.status },
  });
}
