/**
 * COPY in its binary format, for values that are to be had as bytes: of any other answer `npm:pg`
 * makes strings, which takes several times as long as to hand a page of text on.
 *
 * @module
 */

import type { SqlValue } from "./database.ts";
import { literal } from "./names.ts";

/** The bytes before the first row: a signature, flags, and the length of no extension. */
const headerBytes = 19;

/** What of a connection starts a statement. */
interface Connection {
  query(text: string): void;
}

/** One `COPY … TO STDOUT (FORMAT binary)`, as a query of `npm:pg`, which calls its methods. */
export class CopyOut {
  /** As in a query's configuration. */
  readonly query_timeout: number;
  /** Called once: with an error, or when all is there. */
  callback: (error?: Error | null) => void = () => {};
  readonly #text: string;
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];

  /**
   * @param select The statement whose rows come.
   * @param timeoutMs How long it may take, in milliseconds.
   */
  constructor(select: string, timeoutMs: number) {
    this.#text = `COPY (${select}) TO STDOUT (FORMAT binary)`;
    this.query_timeout = timeoutMs;
  }

  /** What came, at least up to the end of the first row: most often one piece. */
  get bytes(): Uint8Array<ArrayBuffer> {
    const [first] = this.#pieces;
    return first !== undefined && first.length > headerBytes ? first : join(this.#pieces);
  }

  submit(connection: Connection): void {
    connection.query(this.#text);
  }

  /** A row, or a part of the frame; its bytes are the parser's again when this returns. */
  handleCopyData({ chunk }: { chunk: Uint8Array }): void {
    this.#pieces.push(new Uint8Array(chunk));
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.callback(null);
  }

  handleError(error: Error): void {
    this.callback(error);
  }
}

function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/**
 * Takes the first row apart.
 *
 * @param bytes What came.
 * @returns Its fields, no bytes for NULL; `undefined` when there is no row.
 */
export function firstRow(
  bytes: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer>[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getInt16(headerBytes);
  if (count < 0) return undefined;
  let at = headerBytes + 2;
  return Array.from({ length: count }, () => {
    const length = Math.max(view.getInt32(at), 0);
    at += 4 + length;
    return bytes.subarray(at - length, at);
  });
}

/**
 * Reads a `bigint`.
 *
 * @param field The field.
 * @returns Its value; 0 for NULL.
 */
export function int8Of({ buffer, byteOffset, length }: Uint8Array): number {
  return length === 8 ? Number(new DataView(buffer, byteOffset).getBigInt64(0)) : 0;
}

/**
 * Puts values into a statement: COPY binds none.
 *
 * @param sql The statement, with `$1` and on; it has no other `$`.
 * @param values The values.
 * @returns The statement.
 */
export function inline(sql: string, values: readonly SqlValue[]): string {
  return sql.replace(/\$(\d+)/g, (_, place) => literalOf(values[Number(place) - 1]));
}

function literalOf(value: SqlValue | undefined): string {
  switch (typeof value) {
    case "number":
      return String(value);
    case "string":
      return literal(value);
    case "object":
      return value === null ? "NULL" : `ARRAY[${value.map(literalOf)}]`;
    default:
      throw new TypeError("A statement has a place for more values than there are");
  }
}
