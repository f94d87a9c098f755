// @ts-check
/**
 * What a file is, by its first bytes, before it goes anywhere.
 *
 * @module
 */

/** How many bytes are looked at. */
export const headBytes = 4096;

/** @type {readonly [kind: string, start: RegExp][]} */
const known = [
  [
    "compressed by zstd: decompress it first, or import it by the command line",
    /^\x28\xb5\x2f\xfd/,
  ],
  ["a ZIP archive: unpack it first", /^PK/],
  ["a SQLite database: start a server on it instead", /^SQLite/],
  ["a picture", /^(?:\x89PNG|\xff\xd8\xff|GIF8)/],
  ["a PDF", /^%PDF/],
  ["not text", /\0/],
  [
    "a JSON array: a file of events has one record a line, and no brackets",
    /^(?:\xef\xbb\xbf)?\s*\[/,
  ],
  // An empty file is the server's to refuse: it knows what that means here.
  ["not a file of events: its first line is not a record", /^(?:\xef\xbb\xbf)?\s*[^\s{\xef]/],
];

/**
 * @param {Uint8Array} head The first bytes of a file.
 * @returns {{isGzip: boolean, problem: string | null}} `problem`: why it can hold no events, as the end of the
 * sentence "It is …".
 */
export function lookAtHead(head) {
  const text = String.fromCharCode(...head);
  if (text.startsWith("\x1f\x8b")) return { isGzip: true, problem: null };
  return { isGzip: false, problem: known.find(([, start]) => start.test(text))?.[0] ?? null };
}
