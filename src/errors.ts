/**
 * The one error class, its codes, and the tables that turn a code into an HTTP status.
 *
 * @module
 */

/** Each code with the HTTP status of its response. */
export const STATUS_OF_CODE = {
  INVALID_REQUEST: 400,
  INVALID_JSON: 400,
  INVALID_RECORD: 400,
  LINE_TOO_LONG: 400,
  AUTH_REQUIRED: 401,
  AUTH_INVALID_TOKEN: 401,
  AUTH_UNAUTHORIZED: 403,
  METHOD_NOT_FOUND: 404,
  NAMESPACE_NOT_FOUND: 404,
  NOT_FOUND: 404,
  NAMESPACE_EXISTS: 409,
  STREAM_VERSION_CONFLICT: 409,
  MESSAGE_ID_EXISTS: 409,
  POSITION_EXISTS: 409,
  IMPORT_IN_PROGRESS: 409,
  REQUEST_TOO_LARGE: 413,
  IMPORT_FAILED: 500,
  BACKEND_ERROR: 500,
  // These never come from a server: they are a client's own words, and a consumer's.
  CONNECTION_FAILED: 503,
  UNEXPECTED_ANSWER: 502,
  OUTCOME_UNKNOWN: 502,
  POSITION_AHEAD: 409,
  INVALID_MANIFEST: 400,
  MANIFEST_MISMATCH: 409,
  INPUT_CHANGED: 409,
  HANDLER_FAILED: 500,
  INVALID_POLICY: 400,
  INVALID_MASK_KEY: 400,
  MASK_FAILED: 422,
  MASK_RESIDUALS: 422,
} as const;

/** A stable name for what went wrong: callers branch on it, people search for it. */
export type ErrorCode = keyof typeof STATUS_OF_CODE;

/** A code that only another server knows: what a server written in Go says stays what it is. */
export type ForeignCode = string & Record<never, never>;

/** What an {@linkcode EventoDBError} may carry besides its code and message. */
export interface EventoDBErrorOptions extends ErrorOptions {
  /** Machine-readable facts, such as `{ expected: 3, actual: 5 }`. */
  details?: Record<string, unknown>;
  /** The line of the import that it is about, from 1. */
  line?: number;
  /** HTTP status, where it differs from the code's own. */
  status?: number;
}

/**
 * The one error that this package throws for something a caller can act on.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { EventoDBError } from "@eventodb/cli";
 *
 * const error = new EventoDBError("NAMESPACE_NOT_FOUND", 'There is no namespace "orders"');
 * assertEquals(error.status, 404);
 * ```
 */
export class EventoDBError extends Error {
  /** The class's name, for logs. */
  override readonly name = "EventoDBError";
  /** What went wrong; the code of a server's error is kept even if it is unknown here. */
  readonly code: ErrorCode | ForeignCode;
  /** The HTTP status that goes with it. */
  readonly status: number;
  /** Machine-readable facts, where there are any. */
  readonly details?: Record<string, unknown>;
  /** The line of the import that it is about, from 1. */
  readonly line?: number;

  /**
   * Makes an error.
   *
   * @param code What went wrong: for a server's own code, see {@linkcode EventoDBError.withCode}.
   * @param message What, where and what to do, for a person.
   * @param options Details, line, status and cause.
   */
  constructor(code: ErrorCode, message: string, options: EventoDBErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? STATUS_OF_CODE[code] ?? 500;
    if (options.details !== undefined) this.details = options.details;
    if (options.line !== undefined) this.line = options.line;
  }

  /**
   * Makes an error whose code may be unknown here, as that of a server.
   *
   * @param code Its code.
   * @param message Its words.
   * @param options Details, line, status and cause.
   * @returns The error.
   */
  static withCode(
    code: string,
    message: string,
    options: EventoDBErrorOptions = {},
  ): EventoDBError {
    return new EventoDBError(code as ErrorCode, message, options);
  }
}
