// @ts-check
/// <reference lib="dom" />
/**
 * Lines of a file that somebody has dropped.
 *
 * @module
 */

/** How much of a line is shown, in characters. */
const shownChars = 2000;

/**
 * Reads a line and its neighbours.
 *
 * @param {Blob} file
 * @param {boolean} isGzip
 * @param {number} wanted The number of the line, from 1.
 * @returns {Promise<{number: number, text: string}[]>} The line before it, itself and the one after, as far as there
 * are any; each cut to 2,000 characters.
 */
export async function linesAround(file, isGzip, wanted) {
  const bytes = isGzip ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file.stream();
  const reader = bytes.pipeThrough(new TextDecoderStream()).getReader();
  /** @type {{number: number, text: string}[]} */
  const found = [];
  let number = 1;
  let text = "";
  try {
    while (number <= wanted + 1) {
      const { done, value } = await reader.read();
      if (done) break;
      let start = 0;
      for (let end = value.indexOf("\n"); end >= 0; end = value.indexOf("\n", start)) {
        if (number >= wanted - 1 && number <= wanted + 1) {
          found.push({ number, text: (text + value.slice(start, end)).slice(0, shownChars) });
        }
        text = "";
        number++;
        start = end + 1;
      }
      if (text.length < shownChars) text += value.slice(start, start + shownChars);
    }
    if (text !== "" && number >= wanted - 1 && number <= wanted + 1) {
      found.push({ number, text: text.slice(0, shownChars) });
    }
  } finally {
    reader.cancel().catch(() => {});
  }
  return found;
}
