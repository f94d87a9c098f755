/**
 * The beginning of a record's line: what an export has to know of each event, without a look at its
 * payloads, which are most of its bytes.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { isAscii } from "../ascii.ts";
import { parseRecord } from "./parse.ts";

const LINE_END = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const NINE = 0x39;

const idKey = encoded('{"id":"');
const streamKey = encoded('","stream":"');
const typeKey = encoded('","type":"');
const positionKey = encoded('","pos":');
const globalPositionKey = encoded(',"gpos":');

const utf8 = new TextDecoder();
/** That of a `Buffer` is slower for a single byte. */
const { indexOf } = Uint8Array.prototype;

/** What the beginning of a line says of its event. Valid until the next line is read. */
export interface EventHead {
  /** The stream's name. */
  readonly stream: string;
  /** Position in the stream. */
  readonly position: number;
  /** Global position. */
  readonly globalPosition: number;
  /** What holds the stream's name in UTF-8: a table by bytes needs no string of it. */
  readonly streamBytes: Uint8Array;
  /** Index of the name's first byte. */
  readonly streamStart: number;
  /** Index after its last byte. */
  readonly streamEnd: number;
}

/** Reads the beginnings of lines. One object serves all of them: nothing is made for each line. */
export class LineHead implements EventHead {
  /** Position in the stream. */
  position = 0;
  /** Global position. */
  globalPosition = 0;
  /** Index of the next line. */
  end = 0;
  /** Index after the global position, of a line in the form in which exports write it. */
  globalPositionEnd = 0;
  streamBytes: Uint8Array = new Uint8Array();
  streamStart = 0;
  streamEnd = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #typeStart = 0;
  #typeEnd = 0;
  /** The names, where they do not stand in the line as they are. */
  #decoded: { stream: string; type: string } | undefined;

  /**
   * Reads the beginning of a line in the form in which exports write it; any other form is parsed.
   *
   * @param bytes UTF-8 text.
   * @param start Index of the line, which ends with `\n`.
   * @throws {EventoDBError} `INVALID_JSON` or `INVALID_RECORD`: the line is not a record.
   */
  read(bytes: Uint8Array, start: number): void {
    if (!this.readUsual(bytes, start)) this.#parse(start);
  }

  /**
   * Reads the beginning of a line in the form in which exports write it.
   *
   * @param bytes UTF-8 text.
   * @param start Index of the line, which ends with `\n`.
   * @returns Whether it is in that form; nothing has been read where it is not.
   */
  readUsual(bytes: Uint8Array, start: number): boolean {
    this.#bytes = sameBuffer(this.#bytes, bytes);
    this.#decoded = undefined;
    return this.#scan(start);
  }

  /** The stream's name as its UTF-8 bytes, one a character: the cheapest key for a table. */
  get streamKey(): string {
    if (this.#decoded !== undefined) return keyOfName(this.#decoded.stream);
    return keyOfBytes(this.#bytes, this.streamStart, this.streamEnd);
  }

  /** The stream's name. */
  get stream(): string {
    return this.#decoded?.stream ??
      utf8.decode(this.#bytes.subarray(this.streamStart, this.streamEnd));
  }

  /** The type as {@linkcode streamKey} has the stream. */
  get typeKey(): string {
    if (this.#decoded !== undefined) return keyOfName(this.#decoded.type);
    return keyOfBytes(this.#bytes, this.#typeStart, this.#typeEnd);
  }

  /** The type. */
  get type(): string {
    return this.#decoded?.type ?? utf8.decode(this.#bytes.subarray(this.#typeStart, this.#typeEnd));
  }

  #scan(start: number): boolean {
    const bytes = this.#bytes;
    const id = pass(bytes, start, idKey);
    const stream = pass(bytes, stringEnd(bytes, id), streamKey);
    const streamEnd = stringEnd(bytes, stream);
    const type = pass(bytes, streamEnd, typeKey);
    const typeEnd = stringEnd(bytes, type);
    const position = pass(bytes, typeEnd, positionKey);
    const positionEnd = digitsEnd(bytes, position);
    const globalPosition = pass(bytes, positionEnd, globalPositionKey);
    const globalPositionEnd = digitsEnd(bytes, globalPosition);
    if (globalPositionEnd < 0) return false;
    this.streamBytes = bytes;
    this.streamStart = stream;
    this.streamEnd = streamEnd;
    this.#typeStart = type;
    this.#typeEnd = typeEnd;
    this.position = integer(bytes, position, positionEnd);
    this.globalPosition = integer(bytes, globalPosition, globalPositionEnd);
    this.globalPositionEnd = globalPositionEnd;
    this.end = indexOf.call(bytes, LINE_END, globalPositionEnd) + 1;
    return true;
  }

  #parse(start: number): void {
    const end = this.#bytes.indexOf(LINE_END, start);
    const text = utf8.decode(this.#bytes.subarray(start, end)).trimEnd();
    const { stream, type, position, globalPosition } = parseRecord(text, 1);
    this.#decoded = { stream, type };
    this.streamBytes = Buffer.from(stream, "utf8");
    this.streamStart = 0;
    this.streamEnd = this.streamBytes.length;
    this.position = position;
    this.globalPosition = globalPosition;
    this.end = end + 1;
  }
}

/**
 * The key of a stream's name, as {@linkcode LineHead.streamKey} has it.
 *
 * @param name The name.
 * @returns Its UTF-8 bytes, one a character. Keys sort as the bytes do.
 */
export function keyOfName(name: string): string {
  return isAscii(name) ? name : Buffer.from(name, "utf8").toString("latin1");
}

/**
 * The name of a key.
 *
 * @param key The key.
 * @returns The name.
 */
export function nameOfKey(key: string): string {
  return isAscii(key) ? key : utf8.decode(Buffer.from(key, "latin1"));
}

/**
 * The key of a name that stands among other bytes.
 *
 * @param bytes What holds it: a `Buffer`, which makes strings of latin1 twice as fast as a loop does.
 * @param start Index of its first byte.
 * @param end Index after its last byte.
 * @returns The key.
 */
export function keyOfBytes(bytes: Buffer, start: number, end: number): string {
  return bytes.toString("latin1", start, end);
}

/**
 * Bytes as a `Buffer` over the same memory.
 *
 * @param bytes The bytes.
 * @returns The buffer.
 */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The buffer over some bytes: most lines are in the one that the line before was in. */
function sameBuffer(buffer: Buffer, bytes: Uint8Array): Buffer {
  const isSame = buffer.buffer === bytes.buffer && buffer.byteOffset === bytes.byteOffset &&
    buffer.length === bytes.length;
  return isSame ? buffer : bufferOf(bytes);
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/**
 * Passes what always stands at a place in a line.
 *
 * @param at Index of its first byte; −1 where the place was not found.
 * @param word What stands there.
 * @returns Index after it; −1 where something else stands there.
 */
export function pass(bytes: Uint8Array, at: number, word: Uint8Array): number {
  if (at < 0) return -1;
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return -1;
  return at + word.length;
}

/** Index of the closing quote; −1 where an escape or the line's end comes first. */
function stringEnd(bytes: Uint8Array, start: number): number {
  if (start < 0) return -1;
  for (let at = start;; at++) {
    // Past the last byte it is undefined, which is not at least 0x20 either.
    const code = bytes[at]!;
    if (code === QUOTE) return at;
    if (code === BACKSLASH || !(code >= 0x20)) return -1;
  }
}

/** Index after the digits; −1 where there is none. */
function digitsEnd(bytes: Uint8Array, start: number): number {
  if (start < 0) return -1;
  let at = start;
  // As above: past the last byte there is no digit.
  while (bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  return at === start || at - start > 15 ? -1 : at;
}

function integer(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + bytes[at]! - ZERO;
  return value;
}
