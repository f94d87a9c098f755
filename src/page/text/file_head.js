// @ts-check
/**
 * What a file is, by its first bytes, before it goes anywhere.
 *
 * @module
 */

/** How many bytes are looked at. */
export const headBytes = 4096;

/** @type {readonly [kind: string, bytes: readonly number[]][]} */
const known = [
  ["compressed by zstd: decompress it first, or import it by the command line", [
    0x28,
    0xb5,
    0x2f,
    0xfd,
  ]],
  ["a ZIP archive: unpack it first", [0x50, 0x4b, 0x03, 0x04]],
  ["a picture", [0x89, 0x50, 0x4e, 0x47]],
  ["a picture", [0xff, 0xd8, 0xff]],
  ["a picture", [0x47, 0x49, 0x46, 0x38]],
  ["a PDF", [0x25, 0x50, 0x44, 0x46]],
  ["a SQLite database: start a server on it instead", [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65]],
];

/**
 * @param {Uint8Array} head The first bytes of a file.
 * @returns {{isGzip: boolean, problem: string | null}} `problem`: why it can hold no events, as the end of the
 * sentence "It is …".
 */
export function lookAtHead(head) {
  if (startsWith(head, [0x1f, 0x8b])) return { isGzip: true, problem: null };
  const [kind] = known.find(([, bytes]) => startsWith(head, bytes)) ?? [];
  if (kind !== undefined) return { isGzip: false, problem: kind };
  if (head.includes(0)) return { isGzip: false, problem: "not text" };
  const first = new TextDecoder().decode(head).replace(/^\ufeff/, "").trimStart()[0];
  if (first === "[") {
    return {
      isGzip: false,
      problem: "a JSON array: a file of events has one record a line, and no brackets",
    };
  }
  // An empty file is the server's to refuse: it knows what that means here.
  const isRecord = first === "{" || first === undefined;
  return {
    isGzip: false,
    problem: isRecord ? null : "not a file of events: its first line is no record",
  };
}

/**
 * @param {Uint8Array} bytes
 * @param {readonly number[]} start
 */
function startsWith(bytes, start) {
  return start.every((byte, index) => bytes[index] === byte);
}
