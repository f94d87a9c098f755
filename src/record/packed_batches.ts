/**
 * Body → batches of packed records: the whole reading side of an import.
 *
 * Bytes are gathered until they are lines, and stay bytes: see `canonical.ts`. A line that is not in
 * the canonical form is parsed, and its fields are written over it: none of them is longer than
 * it was in the line.
 *
 * @module
 */

import { concat } from "../deps/concat.ts";
import { isUtf8 } from "node:buffer";
import { ByteReader, sameBuffer } from "../byte_reader.ts";
import { TimeSlice } from "../tick.ts";
import { EventoDBError } from "../errors.ts";
import { batchCharsMax, batchRecordsMax, lineBytesMax } from "../limits.ts";
import { ordinaryLineBytesMax } from "./limits.ts";
import { Packed, packedNumbers, type PackedRecords, packRecord } from "./packed_records.ts";
import { scanCanonical } from "./canonical.ts";
import { contentBytes, describe, recogniseContent } from "./content.ts";
import { invalidJson, parseRecord } from "./parse.ts";

const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;

/** Bytes looked at in one step, so that little is left over when a batch ends. */
const chunkBytes = 64 * 1024;

/** Buffer of a batch, in bytes: it ends with the record that reaches `batchCharsMax`. */
const bufferBytes = batchCharsMax + 2 * chunkBytes;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What has a say in lines longer than `ordinaryLineBytesMax`. */
export interface LongLines {
  /** Asked once, before more of the first one is gathered. It goes on when that resolves. */
  begin(): Promise<void>;
  /** Asked before each is parsed. What it gives is disposed of once the line's batch is of no more use. */
  handle(): Promise<Disposable>;
}

/** What {@linkcode packedBatches} may be given. */
export interface BatchesOptions {
  /** Ends the reading: it throws the signal's reason, and the body is cancelled. */
  signal?: AbortSignal;
  /** Asked where a line is longer than `ordinaryLineBytesMax`. */
  longLines?: LongLines;
  /** Batches that are of no more use: their buffers are taken from here and filled again. */
  spare?: PackedRecords[];
  /**
   * Longest line, in bytes without its line end.
   *
   * @default {lineBytesMax}
   */
  lineBytesMax?: number;
  /**
   * Called with the error of each bad line, which is then left out. Absent: the first one is thrown.
   */
  onBadLine?: (error: EventoDBError) => void;
}

/**
 * Reads records in batches of at most `batchRecordsMax` records, and of little more than
 * `batchCharsMax` bytes. Ended early, it cancels the body.
 *
 * @param body NDJSON with line ends `\n` or `\r\n`, the last of which may be missing; a byte order
 * mark at the start is dropped. Lines of white space are counted and skipped.
 * @param options A signal; a bound.
 * @returns The batches, none of them empty.
 * @throws {EventoDBError} `INVALID_JSON`, `INVALID_RECORD` or `LINE_TOO_LONG` of the first bad line, after
 * the records before it have been handed over.
 */
export async function* packedBatches(
  body: ReadableStream<Uint8Array>,
  options: BatchesOptions = {},
): AsyncGenerator<PackedRecords> {
  const { signal } = options;
  const packer = new Packer(options);
  const reader = new ByteReader(body);
  const slice = new TimeSlice();
  let buffer = new Uint8Array(chunkBytes);
  let beginning = new Uint8Array();
  let reason: unknown;
  let hasLongLine = false;
  // It also ends a read that waits.
  const stop = () => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener("abort", stop);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { value, done } = await reader.read(buffer);
      signal?.throwIfAborted();
      if (done) break;
      if (beginning.length < contentBytes) beginning = longer(beginning, value);
      for (let at = 0; at < value.length; at += chunkBytes) {
        const chunk = value.subarray(at, at + chunkBytes);
        const isLong = packer.begunBytes > ordinaryLineBytesMax;
        if (isLong && !hasLongLine) await options.longLines?.begin();
        hasLongLine ||= isLong;
        using _memory = isLong && chunk.includes(LF)
          ? await options.longLines?.handle()
          : undefined;
        yield* packer.add(chunk);
        // What is there already comes without a pause in which anyone else could be served.
        if (slice.isOver) await slice.next();
        signal?.throwIfAborted();
      }
      buffer = sameBuffer(buffer, value);
    }
    yield* packer.end();
  } catch (error) {
    reason = packer.hasRecords ? error : asContent(error, beginning);
    // The consumer of the batches reports what is wrong with the lines before a bad one.
    if (isAboutLine(error)) yield* packer.rest();
    throw reason;
  } finally {
    signal?.removeEventListener("abort", stop);
    await reader.cancel(reason).catch(() => {});
  }
}

/** Whether a batch has a line that needed more memory than a batch has. */
export function isLarge({ bytes }: PackedRecords): boolean {
  return bytes.length > bufferBytes;
}

/** The first bytes, with more of them. */
function longer(beginning: Uint8Array, more: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([beginning, more.subarray(0, contentBytes - beginning.length)]);
}

/** What is wrong with the first record may be wrong with all of it. */
function asContent(error: unknown, beginning: Uint8Array): unknown {
  if (!(error instanceof EventoDBError) || error.line === undefined) return error;
  if (error.code !== "INVALID_JSON" && error.code !== "LINE_TOO_LONG") return error;
  const content = recogniseContent(beginning);
  return content === undefined ? error : invalidJson(error.line, describe(content));
}

/** Gathers bytes to lines, and lines to batches. */
class Packer {
  readonly #lineBytesMax: number;
  readonly #spare: PackedRecords[];
  readonly #onBadLine: BatchesOptions["onBadLine"];
  /** Whether the rest of a line that was left out is still to come. */
  #skipping = false;
  #bytes = new Uint8Array(bufferBytes);
  /** Bytes gathered. */
  #used = 0;
  /** Bytes of lines that are packed already; what follows is the line that has begun. */
  #packed = 0;
  #numbers = new Float64Array(batchRecordsMax * packedNumbers);
  #records = 0;
  #line = 0;
  #batches = 0;

  constructor(options: BatchesOptions) {
    this.#lineBytesMax = options.lineBytesMax ?? lineBytesMax;
    this.#spare = options.spare ?? [];
    this.#onBadLine = options.onBadLine;
  }

  /** Whether any line was a record. */
  get hasRecords(): boolean {
    return this.#batches > 0 || this.#records > 0;
  }

  /** Bytes of the line that has begun. */
  get begunBytes(): number {
    return this.#used - this.#packed;
  }

  /** Takes a chunk. @returns The batches that it completes. */
  *add(next: Uint8Array): Generator<PackedRecords> {
    const chunk = this.#afterSkipped(next);
    this.#gather(chunk);
    const lineEnd = chunk.lastIndexOf(LF);
    const whole = this.#used - (chunk.length - lineEnd) + 1;
    if (lineEnd >= 0) yield* this.#pack(whole);
    this.#checkBegun();
  }

  /** What comes after a line that is left out. */
  #afterSkipped(chunk: Uint8Array): Uint8Array {
    if (!this.#skipping) return chunk;
    const lineEnd = chunk.indexOf(LF);
    this.#skipping = lineEnd < 0;
    return chunk.subarray(this.#skipping ? chunk.length : lineEnd + 1);
  }

  /** Takes the end. @returns The last batch, if there is one. */
  *end(): Generator<PackedRecords> {
    if (this.#used > this.#packed) {
      this.#gather(Uint8Array.of(LF));
      yield* this.#pack(this.#used);
    }
    yield* this.rest();
  }

  /** Takes no more. @returns What is packed and not handed over yet, if there is anything. */
  *rest(): Generator<PackedRecords> {
    if (this.#records > 0) yield this.#takeBatch();
  }

  #gather(bytes: Uint8Array): void {
    const used = this.#used + bytes.length;
    if (used > this.#bytes.length) this.#moveTo(this.#largeBuffer());
    this.#bytes.set(bytes, this.#used);
    this.#used = used;
  }

  /** Buffer of the longest line. What of it is not filled takes no memory. */
  #largeBuffer(): Uint8Array<ArrayBuffer> {
    const bytes = bufferBytes + this.#lineBytesMax;
    const at = this.#spare.findIndex((batch) => batch.bytes.length === bytes);
    const [spare] = at < 0 ? [] : this.#spare.splice(at, 1);
    return spare?.bytes ?? new Uint8Array(bytes);
  }

  #moveTo(buffer: Uint8Array<ArrayBuffer>): void {
    buffer.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = buffer;
  }

  /** Packs the lines up to an index. */
  *#pack(end: number): Generator<PackedRecords> {
    // Almost always all of them are, and one look at all is next to nothing.
    const isText = isUtf8(this.#bytes.subarray(this.#packed, end));
    while (this.#packed < end) {
      if (this.#bytes[this.#packed]! > SPACE || this.#skipBlank(end)) {
        this.#line++;
        if (!(isText && this.#packCanonical())) this.#packOtherOrLeaveOut();
      }
      if (this.#records < batchRecordsMax && this.#packed < batchCharsMax) continue;
      if (this.#records === 0) continue;
      end -= this.#packed;
      yield this.#takeBatch();
    }
    // Lines of nothing leave nothing behind.
    if (this.#records === 0) this.#dropPacked();
  }

  #dropPacked(): void {
    this.#bytes.copyWithin(0, this.#packed, this.#used);
    this.#used -= this.#packed;
    this.#packed = 0;
    if (this.#bytes.length > bufferBytes && this.#used <= bufferBytes) {
      this.#moveTo(new Uint8Array(bufferBytes));
    }
  }

  /** Passes lines of white space. @returns Whether another line follows. */
  #skipBlank(end: number): boolean {
    const bytes = this.#bytes;
    let start = this.#packed;
    for (let at = start; at < end; at++) {
      const code = bytes[at];
      if (code === LF) {
        if (this.#endOf(start, at) - start > this.#lineBytesMax) break;
        this.#line++;
        start = at + 1;
      } else if (code !== SPACE && code !== TAB && code !== CR) break;
    }
    this.#packed = start;
    return start < end;
  }

  /** Index after a line's last byte. */
  #endOf(start: number, lineEnd: number): number {
    return lineEnd > start && this.#bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
  }

  /** Packs the next line, if it is in the canonical form. */
  #packCanonical(): boolean {
    const start = this.#packed;
    const at = this.#records * packedNumbers;
    let end = scanCanonical(this.#bytes, start, this.#numbers, at);
    if (end < 0 || end - start > this.#lineBytesMax) return false;
    if (this.#bytes[end] === CR) end++;
    if (this.#bytes[end] !== LF) return false;
    this.#numbers[at + Packed.line] = this.#line;
    this.#records++;
    this.#packed = end + 1;
    return true;
  }

  #packOtherOrLeaveOut(): void {
    try {
      this.#packOther();
    } catch (error) {
      this.#leaveOut(error);
    }
  }

  /** Reports a bad line where there is a listener; otherwise it ends the reading. */
  #leaveOut(error: unknown): void {
    if (this.#onBadLine === undefined || !(error instanceof EventoDBError)) throw error;
    this.#onBadLine(error);
  }

  /** Packs the next line, whatever its form, or refuses it. */
  #packOther(): void {
    const start = this.#packed;
    const lineEnd = this.#bytes.indexOf(LF, start);
    this.#packed = lineEnd + 1;
    const end = this.#endOf(start, lineEnd);
    if (end - start > this.#lineBytesMax) throw lineTooLong(this.#line, this.#lineBytesMax);
    const text = this.#text(start, end);
    // Nothing but a byte order mark.
    if (this.#line === 1 && /^[ \t\r]*$/.test(text)) return;
    const bytes = this.#bytes.subarray(0, this.#packed);
    const record = parseRecord(text, this.#line);
    packRecord(record, { bytes, numbers: this.#numbers }, this.#records++, start);
  }

  #text(start: number, end: number): string {
    try {
      const text = decoder.decode(this.#bytes.subarray(start, end));
      return this.#line === 1 && text.startsWith("\ufeff") ? text.slice(1) : text;
    } catch {
      throw invalidJson(this.#line, "it is not valid UTF-8");
    }
  }

  /** Hands the packed records over, and goes on with what has begun after them. */
  #takeBatch(): PackedRecords {
    const batch = { length: this.#records, bytes: this.#bytes, numbers: this.#numbers };
    const begun = this.#bytes.subarray(this.#packed, this.#used);
    const fits = (batch: PackedRecords) => batch.bytes.length === bufferBytes;
    const at = begun.length <= bufferBytes ? this.#spare.findLastIndex(fits) : -1;
    const [spare] = at < 0 ? [] : this.#spare.splice(at, 1);
    this.#bytes = spare?.bytes ??
      (begun.length <= bufferBytes ? new Uint8Array(bufferBytes) : this.#largeBuffer());
    this.#bytes.set(begun);
    this.#numbers = spare?.numbers ?? new Float64Array(batchRecordsMax * packedNumbers);
    this.#used = begun.length;
    this.#packed = this.#records = 0;
    this.#batches++;
    return batch;
  }

  /** Refuses a line that is too long before its end has come. */
  #checkBegun(): void {
    const over = this.#used - this.#packed - this.#lineBytesMax;
    if (over < 1 || (over === 1 && this.#bytes[this.#used - 1] === CR)) return;
    this.#leaveOut(lineTooLong(this.#line + 1, this.#lineBytesMax));
    this.#line++;
    this.#used = this.#packed;
    this.#skipping = true;
  }
}

function isAboutLine(error: unknown): boolean {
  return error instanceof EventoDBError && error.line !== undefined;
}

function lineTooLong(line: number, bytesMax: number): EventoDBError {
  const most = bytesMax.toLocaleString("en-US");
  return new EventoDBError(
    "LINE_TOO_LONG",
    `Cannot import line ${line}: it is longer than ${most} bytes`,
    { line },
  );
}
