/**
 * The ways in which one text is written in JSON.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { nestedJsonMax } from "../limits.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A value, and what it is where something in it was written as text once more.
 *
 * @param raw The value as it stands in the line.
 * @returns Its text, and the text without escapes in it.
 */
export function* spellings(raw: string): Generator<string> {
  const text = raw.includes("\\") ? unescaped(raw) : raw;
  yield text;
  // JSON in a string of JSON, which may itself stand in one.
  let inner = text;
  for (let depth = 1; depth <= nestedJsonMax && inner.includes("\\"); depth++) {
    yield inner = unescaped(inner);
  }
  if (/%[0-9a-f]{2}/i.test(text)) yield percentDecoded(text);
}

const escapes: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-f]{4})|([^]))/gi,
    (_, hex: string | undefined, char: string) =>
      hex === undefined ? escapes[char] ?? char : String.fromCharCode(parseInt(hex, 16)),
  );
}

function percentDecoded(text: string): string {
  return text.replace(
    /(?:%[0-9a-f]{2})+/gi,
    (bytes) => utf8.decode(Buffer.from(bytes.replaceAll("%", ""), "hex")),
  );
}
