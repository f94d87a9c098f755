/**
 * An answer of the server: its bytes as they come, and what an answer that is none means.
 *
 * @module
 */

import { type ErrorCode, EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { errorBodyBytesMax } from "../limits.ts";

/** An answer whose body has not been read yet. Close it, whatever was read of it. */
export class Answer {
  /** The answer's headers and status. */
  readonly response: Response;
  readonly #read: <T>(reading: Promise<T>) => Promise<T>;
  readonly #reader?: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

  /**
   * @param response The answer.
   * @param read Waits for a piece of the body: with patience, and in the client's words when it
   * fails.
   */
  constructor(response: Response, read: <T>(reading: Promise<T>) => Promise<T>) {
    this.response = response;
    this.#read = read;
    this.#reader = response.body?.getReader();
  }

  /**
   * Hands the body on as it comes.
   *
   * @returns Pieces of its text.
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
   * @returns Pieces of it.
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
   * @returns Its text.
   * @throws {EventoDBError} As `chunks`.
   */
  async text(): Promise<string> {
    let text = "";
    for await (const chunk of this.chunks()) text += chunk;
    return text;
  }

  /**
   * Reads what went wrong.
   *
   * @returns The server's own error, or one that says what came instead.
   */
  async error(): Promise<EventoDBError> {
    let text = "";
    for await (const chunk of this.chunks()) {
      text += chunk;
      if (text.length > errorBodyBytesMax) break;
    }
    return errorOf(text, this.response.status) ?? this.unexpected(text);
  }

  /**
   * The error of an answer that is not EventoDB's.
   *
   * @param text What came, or its beginning.
   * @param cause Why it cannot be read.
   * @returns The error, to be thrown.
   */
  unexpected(text: string, cause?: unknown): EventoDBError {
    const { status, statusText, headers, url } = this.response;
    const location = headers.get("Location");
    const details = { status };
    const place = url === "" ? "the server" : withoutQuery(url);
    if (location !== null && status >= 300 && status < 400) {
      return new EventoDBError(
        "UNEXPECTED_ANSWER",
        `Cannot use the answer of ${place}: it redirects to ${excerpt(withoutQuery(location))}. ` +
          "Use the address that it redirects to",
        { details },
      );
    }
    const shown = text.trim() === ""
      ? "an empty body"
      : JSON.stringify(excerpt(text.replace(/\s+/g, " ").trim()));
    const type = headers.get("Content-Type") ?? "no content type";
    return new EventoDBError(
      "UNEXPECTED_ANSWER",
      `Cannot use the answer of ${place}: it is not one of an EventoDB server, but ` +
        `${`${status} ${statusText}`.trim()}, ${type}, ${shown}`,
      { details, cause, status: status >= 400 ? status : undefined },
    );
  }

  /** Lets the connection go, with what was not read of the answer. */
  async close(): Promise<void> {
    await this.#reader?.cancel().catch(() => {});
  }

  #decode(decoder: TextDecoder, bytes: Uint8Array | undefined): string {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      throw new EventoDBError(
        "UNEXPECTED_ANSWER",
        `Cannot use the answer of ${withoutQuery(this.response.url)}: it is not valid UTF-8`,
        { cause, details: { status: this.response.status } },
      );
    }
  }
}

/** The error in an answer's body, with whatever code the server gave. */
function errorOf(text: string, status: number): EventoDBError | null {
  let body: { error?: { code?: unknown; message?: unknown; details?: unknown } | null } | null;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  const { code, message, details } = body?.error ?? {};
  if (typeof code !== "string" || typeof message !== "string") return null;
  return new EventoDBError(code as ErrorCode, message, {
    status,
    details: typeof details === "object" && details !== null
      ? details as Record<string, unknown>
      : undefined,
  });
}

/** A query may hold a token. */
function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, "");
}
