/**
 * What is printed or logged, made harmless: text of a stranger can neither steer a terminal, nor pass
 * for another line, nor carry a secret along.
 *
 * @module
 */

/**
 * Control characters (line ends among them), halves of surrogate pairs, line and paragraph separators,
 * and the controls of writing direction, by which a text can look like another one: `Cc`, `Cs`, `Zl`,
 * `Zp` and `Bidi_Control` of Unicode. By these names, each start would load their tables: a tenth of
 * what a short command takes.
 */
const harmful = new RegExp(
  String.raw`[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]`,
  "gu",
);

const plainText = /^[ -~]*$/;

const shortEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** What a token consists of, also where its `_` is percent-encoded. */
const tokenRun = /[\w%-]{20,}/g;
const tokenStart = /(?<![a-z0-9])ns(?:_|%5f)|(?<=%[0-9a-f]{2})ns(?:_|%5f)/i;
/** The secret part of a token, or what an excerpt has left of it. */
const tokenEnd = /(?:_|%5f)[0-9a-f]{16,}/gi;

/** The user and the password of a URL, but not what stands for them in our own messages. */
const userInfo = /\/\/(?!USER:PASSWORD@)[^/\s"]+@/g;

/**
 * Makes one line of text harmless: what could steer a terminal, or begin another line, becomes an
 * escape such as `\u001b`. JSON text stays JSON text, with the same meaning.
 *
 * @param text Any text.
 * @returns The text, without a control character in it.
 */
export function escapeControls(text: string): string {
  if (plainText.test(text)) return text;
  return text.replace(
    harmful,
    (char) => shortEscapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Takes secrets out of a text: tokens, and the passwords of URLs.
 *
 * @param text Any text.
 * @returns The text, with `ns_…` instead of a token and `//…@` instead of user and password.
 */
export function hideSecrets(text: string): string {
  const shown = text.replace(tokenRun, hideToken);
  return shown.includes("@") ? shown.replace(userInfo, "//…@") : shown;
}

/**
 * Makes one line for a terminal or a log: harmless, and without secrets.
 *
 * @param text Any text.
 * @returns The line, without a line end.
 */
export function printable(text: string): string {
  return escapeControls(hideSecrets(text));
}

/** In time that is proportional to the length: each run of token characters is looked at once. */
function hideToken(run: string): string {
  const start = tokenStart.exec(run)?.index;
  if (start === undefined) return run;
  let end = 0;
  for (const match of run.slice(start).matchAll(tokenEnd)) {
    end = start + match.index + match[0].length;
  }
  return end === 0 ? run : `${run.slice(0, start)}ns_…${run.slice(end)}`;
}
