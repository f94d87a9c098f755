/**
 * Content that is not one record a line, recognised by its first bytes: what it is, and what turns it
 * into lines. The command line and the server share it.
 *
 * @module
 */

import { skipBlank } from "./blank.ts";

const OPEN_OBJECT = 0x7b;

/** How many of the first bytes are enough. */
export const contentBytes = 1024;

/** What some content is, if it is not one record a line. */
export interface Content {
  /** What it is, such as `a JSON array`. */
  readonly what: string;
  /** A command that reads it from standard input and writes lines, if there is one. */
  readonly filter?: string;
  /** A command that reads it from a file alone. */
  readonly extract?: string;
  /** What to do where no command helps. */
  readonly advice?: string;
}

/** What begins with bytes of its own, at the start unless another offset is named. */
const signatures: readonly (readonly [bytes: readonly number[] | string, Content, at?: number])[] =
  [
    [[0x1f, 0x8b], { what: "gzip data", filter: "gzip -dc" }],
    [[0x28, 0xb5, 0x2f, 0xfd], { what: "zstd data", filter: "zstd -dc" }],
    [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], { what: "xz data", filter: "xz -dc" }],
    ["BZh", { what: "bzip2 data", filter: "bzip2 -dc" }],
    [[0x04, 0x22, 0x4d, 0x18], { what: "lz4 data", filter: "lz4 -dc" }],
    ["PK\x03\x04", { what: "a zip archive", extract: "unzip -p" }],
    ["PK\x05\x06", { what: "an empty zip archive" }],
    [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], { what: "a 7z archive", extract: "7z x -so" }],
    ["ustar", { what: "a tar archive", filter: "tar -xOf -" }, 257],
    ["SQLite format 3\0", {
      what: "a SQLite database",
      advice: "Start a server on it with eventodb serve, and export from that",
    }],
    ["PGDMP", { what: "a dump of a Postgres database", advice: "Restore it with pg_restore" }],
    [[0xff, 0xfe, 0x00, 0x00], utf("UTF-32", "UTF-32")],
    [[0xff, 0xfe], utf("UTF-16 (little-endian)", "UTF-16")],
    [[0xfe, 0xff], utf("UTF-16 (big-endian)", "UTF-16")],
  ];

/**
 * Recognises content that no import takes.
 *
 * @param beginning The first bytes: {@linkcode contentBytes} of them, or all that there are.
 * @returns What it is; `undefined` when it may be records, or is unknown.
 */
export function recogniseContent(beginning: Uint8Array): Content | undefined {
  const bytes = beginning.subarray(0, contentBytes);
  const isObject = bytes[skipBlank(bytes)] === OPEN_OBJECT;
  for (const [signature, content, at = 0] of isObject ? [] : signatures) {
    if (hasAt(bytes, at, signature)) return content;
  }
  return utf16WithoutMark(bytes) ?? textContent(bytes);
}

function utf(name: string, from: string): Content {
  return { what: `${name} text`, filter: `iconv -f ${from} -t UTF-8` };
}

function hasAt(bytes: Uint8Array, at: number, signature: readonly number[] | string): boolean {
  const codes = typeof signature === "string"
    ? Array.from(signature, (char) => char.charCodeAt(0))
    : signature;
  return codes.every((code, i) => bytes[at + i] === code);
}

/** Every other byte of ASCII text is zero in UTF-16. */
function utf16WithoutMark(bytes: Uint8Array): Content | undefined {
  const pairs = Math.min(bytes.length >> 1, 16);
  if (pairs < 2) return undefined;
  const zeros = (first: number) =>
    Array.from({ length: pairs }, (_, i) => bytes[2 * i + first] === 0 ? 1 : 0)
      .reduce<number>((sum, zero) => sum + zero, 0);
  const [even, odd] = [zeros(0), zeros(1)];
  if (odd === pairs && even === 0) return utf("UTF-16 (little-endian)", "UTF-16LE");
  if (even === pairs && odd === 0) return utf("UTF-16 (big-endian)", "UTF-16BE");
  return undefined;
}

function textContent(bytes: Uint8Array): Content | undefined {
  const start = skipBlank(bytes);
  if (start === bytes.length) return undefined;
  // Only ASCII is looked at.
  const text = new TextDecoder("latin1").decode(bytes.subarray(start));
  const [line = "", next] = text.split("\n", 2);
  switch (text[0]) {
    case "{":
      if (hasReturns(text) && next === undefined) return carriageReturns;
      return next !== undefined && isSpread(line) ? spread : undefined;
    case "[":
      return { what: "a JSON array", filter: "jq -c '.[]'", advice: jqAdvice };
    case "<":
      return /^<\?xml/i.test(text) ? { what: "XML" } : {
        what: "HTML",
        advice:
          "It is a web page, such as a log-in or an error page. Look at it, and fetch the file again",
      };
  }
  if (bytes.includes(0)) return { what: "binary data" };
  const separator = [",", ";", "\t"].find((char) => line.split(char).length > 2);
  if (separator === undefined) return undefined;
  return {
    what: separator === "\t" ? "a table (tab-separated)" : "CSV",
    advice: "Export it again with eventodb export: a table does not distinguish text from numbers",
  };
}

/** A tool that changes nothing must not send anybody to one that does. */
const jqAdvice = "jq before version 1.7 rounds large numbers";

const carriageReturns: Content = {
  what: "text whose lines end with CR alone",
  filter: "tr '\\r' '\\n'",
};

const spread: Content = {
  what: "JSON spread over several lines (pretty-printed)",
  filter: "jq -c .",
  advice: jqAdvice,
};

/** Whether a line goes on in the next one. */
function isSpread(line: string): boolean {
  try {
    JSON.parse(line);
    return false;
  } catch {
    return /[{[,:]\s*$/.test(line);
  }
}

/** Whether records are separated by CR. JSON may hold one as white space besides. */
function hasReturns(text: string): boolean {
  return /\}\r\s*\{/.test(text);
}

/**
 * Says what is wrong with a line that is no JSON, where its form shows it.
 *
 * @returns What it is, for a message; `undefined` when that is unknown.
 */
export function lineProblem(line: string): string | undefined {
  if (/^\ufeff|\}\ufeff\{/.test(line)) {
    return "there is a byte order mark in the middle, as where files were joined: remove it with " +
      "sed 's/\\xEF\\xBB\\xBF//g'";
  }
  const at = line.indexOf("}\r");
  if (at >= 0 && hasReturns(line.slice(at, at + contentBytes))) return describe(carriageReturns);
  return undefined;
}

/**
 * Describes content, for a message.
 *
 * @returns Such as `it is a JSON array, not one record a line; jq -c '.[]' converts it to lines`.
 */
export function describe({ what, filter, extract, advice }: Content): string {
  const command = filter ?? extract;
  const help = command === undefined ? "" : `. ${command} converts it to lines`;
  const more = advice === undefined ? "" : `. ${advice}`;
  return `it is ${what}, not one record a line${help}${more}`;
}
