/**
 * Bytes → lines, bounded and in order.
 *
 * `TextLineStream` splits; what comes before it keeps it from buffering a line without end, and
 * refuses bytes that are not UTF-8. A refusal travels in its place among the lines, as a mark that
 * no decoded text can hold: so the good and bad lines before it, which may come in the same chunk,
 * are seen first, and its number is exact.
 *
 * @module
 */

import { TextLineStream } from "../deps/text_line_stream.ts";
import { EventoDBError } from "../errors.ts";
import { lineBytesMax } from "../limits.ts";
import { invalidJson } from "./parse.ts";

const LF = 0x0a;
const CR = 0x0d;

/** Lone surrogates: decoding UTF-8 never gives one. */
const notUtf8 = "\ud800";
const tooLong = "\ud801";

/** Bytes looked at in one turn, so that only a line that is carried over can be too long. */
const pieceBytes = 64 * 1024;

/** What the reading of lines may be given. */
export interface LinesOptions {
  /** Ends the reading: the lines fail with its reason, the body is cancelled. */
  signal?: AbortSignal;
  /**
   * Longest line, in bytes without its line end.
   *
   * @default {lineBytesMax}
   */
  lineBytesMax?: number;
}

/**
 * Splits a body into lines at `\n` and `\r\n`, the last of which needs no line end.
 *
 * @param body UTF-8; a byte order mark at the start is dropped.
 * @param options Signal and bound.
 * @returns The lines, empty ones too. A line that cannot be read comes as a mark, which ends them:
 * pass each to {@linkcode checkLine}.
 */
export function recordLines(
  body: ReadableStream<Uint8Array>,
  options: LinesOptions = {},
): ReadableStream<string> {
  const guard = new TransformStream(new LineGuard(options.lineBytesMax ?? lineBytesMax));
  return body.pipeThrough(guard, { signal: options.signal }).pipeThrough(new TextLineStream());
}

/**
 * Refuses a line that could not be read.
 *
 * @param text A line of {@linkcode recordLines}.
 * @param line Its number, from 1.
 * @throws {EventoDBError} `INVALID_JSON` or `LINE_TOO_LONG`, with the line.
 */
export function checkLine(text: string, line: number): void {
  if (text === notUtf8) throw invalidJson(line, "it is not valid UTF-8");
  if (text !== tooLong) return;
  const most = lineBytesMax.toLocaleString("en-US");
  throw new EventoDBError(
    "LINE_TOO_LONG",
    `Cannot import line ${line}: it is longer than ${most} bytes`,
    { line },
  );
}

/** Bytes → text in whole lines. Ends at the first line that it refuses. */
class LineGuard implements Transformer<Uint8Array, string> {
  readonly #bytesMax: number;
  readonly #pieceBytes: number;
  /** The line that has begun; one buffer, as it may come byte by byte. */
  #begun: Uint8Array = new Uint8Array(1024);
  #begunBytes = 0;
  #atStart = true;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#pieceBytes = Math.min(pieceBytes, bytesMax);
  }

  transform(chunk: Uint8Array, controller: TransformStreamDefaultController<string>): void {
    for (let at = 0; at < chunk.length; at += this.#pieceBytes) {
      const piece = chunk.subarray(at, at + this.#pieceBytes);
      if (this.#isTooLong(piece)) {
        controller.enqueue(tooLong);
        return controller.terminate();
      }
      const rest = piece.lastIndexOf(LF) + 1;
      if (rest > 0) {
        const text = this.#text(piece.subarray(0, rest));
        controller.enqueue(text);
        if (text.endsWith(notUtf8)) return controller.terminate();
      }
      this.#carry(piece.subarray(rest));
    }
  }

  flush(controller: TransformStreamDefaultController<string>): void {
    if (this.#begunBytes > 0) controller.enqueue(this.#text(new Uint8Array()));
  }

  /** Whether the line that has begun is too long with what the piece adds to it. */
  #isTooLong(piece: Uint8Array): boolean {
    const lineEnd = piece.indexOf(LF);
    const added = lineEnd < 0 ? piece.length : lineEnd;
    const over = this.#begunBytes + added - this.#bytesMax;
    if (over !== 1) return over > 0;
    const last = added > 0 ? piece[added - 1] : this.#begun[this.#begunBytes - 1];
    return last !== CR;
  }

  /** The text of what has begun and of the whole lines after it. */
  #text(lines: Uint8Array): string {
    if (this.#begunBytes > 0) {
      this.#carry(lines);
      lines = this.#begun.subarray(0, this.#begunBytes);
      this.#begunBytes = 0;
    }
    const text = decodeLines(lines);
    const marked = this.#atStart && text.startsWith("\ufeff");
    this.#atStart = false;
    return marked ? text.slice(1) : text;
  }

  #carry(bytes: Uint8Array): void {
    const length = this.#begunBytes + bytes.length;
    if (length > this.#begun.length) {
      const larger = new Uint8Array(Math.max(length, this.#begun.length * 2));
      larger.set(this.#begun.subarray(0, this.#begunBytes));
      this.#begun = larger;
    }
    this.#begun.set(bytes, this.#begunBytes);
    this.#begunBytes = length;
  }
}

/** Decodes whole lines up to the first one that is not UTF-8, which becomes the mark. */
function decodeLines(bytes: Uint8Array): string {
  // A decoder would drop a byte order mark at the start of each call.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(bytes);
  } catch {
    let text = "";
    for (let start = 0, end = 0; start < bytes.length; start = end) {
      const lineEnd = bytes.indexOf(LF, start);
      end = lineEnd < 0 ? bytes.length : lineEnd + 1;
      try {
        text += decoder.decode(bytes.subarray(start, end));
      } catch {
        return text + notUtf8;
      }
    }
    return text;
  }
}
