/**
 * The links of lines as an export writes them: of each line only the metadata is looked at.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { splitObject } from "../../json/scan.ts";
import { LINE_END } from "../../record/line_end.ts";
import { bufferOf, keyOfName } from "../../record/line_head.ts";
import { declaredLinks, type LinkPath } from "./link_path.ts";
import { linksOf, scanLinks } from "./links.ts";

const QUOTE = 0x22;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const encoder = new TextEncoder();
const metaKey = encoder.encode(',"meta":');
const noMeta = encoder.encode(',"meta":null');
const timeKey = encoder.encode(',"time":"');
/** More bytes than the text of a time has. */
const timeBytes = 40;

/** How the names of all fields of links end, with the quote. */
const fieldEnd = 'StreamName"';
/** How an escaped letter of them begins, of which there are no others. */
const escapedLetter = "\\u00";

const none: readonly string[] = [];
/** That of a `Buffer` is slower for a single byte. */
const { indexOf } = Uint8Array.prototype;

/**
 * Finds the links of events by their metadata. Only lines in which a field may be called as those of links are, as
 * their bytes show, are looked at one by one.
 *
 * @param bytes Whole lines, each with its line end.
 * @param onLinks Called for each event that may have some, with what `linksOf` finds.
 */
export function linksOfLines(
  bytes: Uint8Array,
  onLinks: (links: readonly string[]) => void,
): void {
  const buffer = bufferOf(bytes);
  // A character for each byte: of a text, a search is several times as fast as one of bytes.
  const text = buffer.toString("latin1");
  const plain = new Finds(text, fieldEnd);
  const escaped = new Finds(text, escapedLetter);
  for (let end = 0;;) {
    const found = Math.min(plain.from(end), escaped.from(end));
    if (found === Infinity) return;
    end = indexOf.call(bytes, LINE_END, found) + 1;
    if (end === 0) return;
    const links = linksOfLine(buffer, end);
    if (links.length > 0) onLinks(links);
  }
}

/** Where a word is in a text, from one index on to the next. */
class Finds {
  readonly #text: string;
  readonly #word: string;
  #next = -1;

  constructor(text: string, word: string) {
    this.#text = text;
    this.#word = word;
  }

  /** The first index that is not below another; indexes ascend. `Infinity` for none. */
  from(start: number): number {
    if (this.#next >= start) return this.#next;
    const found = this.#text.indexOf(this.#word, start);
    return this.#next = found < 0 ? Infinity : found;
  }
}

/**
 * Finds the links of events by their metadata and by what is declared.
 *
 * @param bytes Whole lines, each with its line end.
 * @param paths What is declared.
 * @param onLinks Called for each event, with the keys of the names of what it links to; each may come twice.
 */
export function allLinksOfLines(
  bytes: Uint8Array,
  paths: readonly LinkPath[],
  onLinks: (links: readonly string[]) => void,
): void {
  const lines = bufferOf(bytes).toString("utf8").split("\n");
  for (const line of lines) {
    const fields = fieldsOf(line);
    const links = [...linksOfText(fields.get("meta"))];
    for (const path of paths) {
      const payload = fields.get(path.payload === "data" ? "data" : "meta");
      for (const name of declaredLinks(path, payload ?? null).streams) links.push(keyOfName(name));
    }
    onLinks(links);
  }
}

/** In the usual form of a line, its metadata is found from its end, and nothing else is looked at. */
function linksOfLine(buffer: Buffer, end: number): readonly string[] {
  const time = timeStart(buffer, end);
  if (endsWith(buffer, time, noMeta)) return none;
  const links = time < 0 ? undefined : scanLinks(buffer, metaStart(buffer, time), time);
  if (links !== undefined) return links;
  const start = buffer.lastIndexOf(LINE_END, end - 2) + 1;
  return linksOfText(fieldsOf(buffer.toString("utf8", start, end)).get("meta"));
}

/** Where the time begins that ends the line, with its key; −1 where something else does. */
function timeStart(bytes: Uint8Array, end: number): number {
  const last = end - '"}\n'.length;
  if (bytes[last] !== QUOTE || bytes[last + 1] !== CLOSE_OBJECT) return -1;
  for (let at = last - 1; at > last - timeBytes; at--) {
    if (bytes[at] === QUOTE) return endsWith(bytes, at + 1, timeKey) ? at + 1 - timeKey.length : -1;
  }
  return -1;
}

/**
 * Where the object begins that is called metadata and is nearest. One within the metadata is not a whole object up to
 * the time, which the scan notices.
 */
function metaStart(bytes: Uint8Array, time: number): number {
  for (let at = time - 1; at > 0 && bytes[at] !== LINE_END; at--) {
    if (bytes[at] === OPEN_OBJECT && endsWith(bytes, at, metaKey)) return at;
  }
  return time;
}

/** Whether a word ends before an index. */
function endsWith(bytes: Uint8Array, end: number, word: Uint8Array): boolean {
  for (let i = 1; i <= word.length; i++) {
    if (bytes[end - i] !== word[word.length - i]) return false;
  }
  return true;
}

function linksOfText(metadata: string | undefined): readonly string[] {
  if (metadata === undefined) return none;
  const bytes = Buffer.from(metadata);
  try {
    return linksOf(bytes, 0, bytes.length);
  } catch {
    return none;
  }
}

/** The fields of a record; none where the line is not a record, which a server may have sent. */
function fieldsOf(line: string): Map<string, string> {
  try {
    return new Map(splitObject(line));
  } catch {
    return new Map();
  }
}
