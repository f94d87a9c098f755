/**
 * A response of the server: its bytes as they come, with a size limit and an idle timeout, and its errors.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { errorBodyBytesMax, responseCharsMax } from "./limits.ts";
import { withoutSecrets } from "./base_url.ts";
import { addressOf, foreignResponse } from "./foreign_response.ts";

/** A response whose body has not been read yet. Close it, whatever was read of it. */
export class ServerResponse {
  /** The response's headers and status. */
  readonly raw: Response;
  readonly #read: <T>(reading: Promise<T>) => Promise<T>;
  readonly #reader?: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

  /**
   * @param raw The response.
   * @param read Waits for a chunk of the body: with an idle timeout, and in the client's words when it
   * fails.
   */
  constructor(raw: Response, read: <T>(reading: Promise<T>) => Promise<T>) {
    this.raw = raw;
    this.#read = read;
    this.#reader = raw.body?.getReader();
  }

  /**
   * Hands the body on as it comes.
   *
   * @returns Chunks of its text.
   * @throws {EventoDBError} `CONNECTION_FAILED` when it breaks off, `UNEXPECTED_ANSWER` when it is
   * not UTF-8.
   */
  async *chunks(): AsyncGenerator<string> {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    for await (const bytes of this.bytes()) yield this.#decode(decoder, bytes);
    yield this.#decode(decoder, undefined);
  }

  /**
   * Hands the body on as it comes.
   *
   * @returns Chunks of it.
   * @throws {EventoDBError} `CONNECTION_FAILED` when it breaks off.
   */
  async *bytes(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const reader = this.#reader;
    if (reader === undefined) return;
    while (true) {
      const { value, done } = await this.#read(reader.read());
      if (done) return;
      yield value;
    }
  }

  /**
   * Reads the body whole.
   *
   * @param charsMax Most characters that it may have.
   * @returns Its text.
   * @throws {EventoDBError} As `chunks`; `UNEXPECTED_ANSWER` when it is longer.
   */
  async text(charsMax: number): Promise<string> {
    let text = "";
    for await (const chunk of this.chunks()) {
      text += chunk;
      if (text.length > charsMax) throw this.tooLong(charsMax);
    }
    return text;
  }

  /**
   * Reads the body as JSON.
   *
   * @param check Whether it has the expected form.
   * @throws {EventoDBError} As `text`; `UNEXPECTED_ANSWER` when it has another form.
   */
  async json<T>(check: (value: unknown) => value is T): Promise<T> {
    const text = await this.text(responseCharsMax);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw this.unexpected(text, cause);
    }
    if (!check(value)) throw this.unexpected(text);
    return value;
  }

  /**
   * Reads what went wrong.
   *
   * @returns The server's own error, or one that says what came instead.
   */
  async error(): Promise<EventoDBError> {
    const text = await this.beginning();
    return errorOf(text, this.raw) ?? this.unexpected(text);
  }

  /**
   * Reads the body of what is not a response of the expected kind, as far as it is worth showing.
   *
   * @returns Its beginning.
   * @throws {EventoDBError} As `chunks`.
   */
  async beginning(): Promise<string> {
    let text = "";
    for await (const chunk of this.chunks()) {
      text += chunk;
      if (text.length >= errorBodyBytesMax) break;
    }
    return text.slice(0, errorBodyBytesMax);
  }

  /**
   * The error of a response that is not EventoDB's.
   *
   * @param text What came, or its beginning.
   * @param cause Why it cannot be read.
   * @returns The error, to be thrown.
   */
  unexpected(text: string, cause?: unknown): EventoDBError {
    return foreignResponse(this.raw, text, cause);
  }

  /**
   * The error of a response that does not end.
   *
   * @param charsMax Most characters that it may have.
   * @param wayOut What to do, as the end of the sentence.
   * @returns The error, to be thrown.
   */
  tooLong(charsMax: number, wayOut: string = ""): EventoDBError {
    return new EventoDBError(
      "UNEXPECTED_ANSWER",
      `Cannot use the response of ${this.#url}: it is longer than ${
        charsMax.toLocaleString("en-US")
      } characters${wayOut}`,
      { details: { status: this.raw.status, charsMax } },
    );
  }

  /** Lets the connection go, with what was not read of the response. */
  async close(): Promise<void> {
    await this.#reader?.cancel().catch(() => {});
  }

  get #url(): string {
    return addressOf(this.raw);
  }

  #decode(decoder: TextDecoder, bytes: Uint8Array | undefined): string {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      throw new EventoDBError(
        "UNEXPECTED_ANSWER",
        `Cannot use the response of ${this.#url}: it is not valid UTF-8`,
        { cause, details: { status: this.raw.status } },
      );
    }
  }
}

/** The error in a response's body, with whatever code the server gave. */
function errorOf(text: string, { status, headers, url }: Response): EventoDBError | null {
  let body: { error?: { code?: unknown; message?: unknown; details?: unknown } | null } | null;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  const { code, message, details } = body?.error ?? {};
  if (typeof code !== "string" || typeof message !== "string") return null;
  const facts = typeof details === "object" && details !== null
    ? details as Record<string, unknown>
    : undefined;
  return EventoDBError.withCode(code, message, {
    status,
    details: code === "NOT_FOUND" && url !== ""
      ? { ...facts, url: withoutSecrets(url) }
      : withRetryAfter(facts, headers.get("Retry-After")),
  });
}

/** When a server that is busy wants to be asked again, as `retryAfterMs`. */
function withRetryAfter(
  details: Record<string, unknown> | undefined,
  retryAfter: string | null,
): Record<string, unknown> | undefined {
  if (retryAfter === null || !/^\d{1,6}$/.test(retryAfter.trim())) return details;
  return { ...details, retryAfterMs: Number(retryAfter) * 1000 };
}
