// @ts-check
/**
 * Forms in which an event is copied, to be written or imported again.
 *
 * @module
 */

import { shellQuoted } from "./shell.js";
import { visible } from "./visible.js";

/** @typedef {import("../api/event.js").Event} Event */

/** Longer payloads are not looked into: they are copied as texts. */
const literalCharsMax = 100_000;

/**
 * A command for a POSIX shell. The request stands in a document that the shell leaves as it is, whatever quotes are in
 * it; as an argument it could also be too long.
 *
 * @param {Event} event
 * @param {string} url The server's, such as `http://localhost:8080/rpc`.
 * @returns {string}
 */
export function curlOf(event, url) {
  const { stream, type, data, metadata } = event;
  const message = `{"type":${JSON.stringify(type)},"data":${data},"metadata":${metadata}}`;
  return [
    `curl --fail-with-body ${shellQuoted(url)} \\`,
    `  -H "Authorization: Bearer $EVENTODB_TOKEN" \\`,
    `  -H 'Content-Type: application/json' --data-binary @- <<'EVENT'`,
    `["stream.write",${JSON.stringify(stream)},${message},{}]`,
    "EVENT\n",
  ].join("\n");
}

/**
 * A statement for the client library.
 *
 * @param {Event} event
 * @returns {string}
 */
export function typeScriptOf({ stream, type, data, metadata }) {
  const fields = [`type: ${literal(type)}`, `data: ${payload(data)}`];
  if (metadata !== null) fields.push(`metadata: ${payload(metadata)}`);
  return `await client.streamWrite(${literal(stream)}, {\n${
    fields.map((field) => `  ${field},\n`).join("")
  }});\n`;
}

/** @param {string} text Any text. @returns {string} A string literal in which everything is seen. */
function literal(text) {
  return visible(JSON.stringify(text));
}

/**
 * JSON is a literal of JavaScript, too, as long as no number changes, no key is repeated or sets the prototype.
 *
 * @param {string} text
 */
function payload(text) {
  const isLiteral = text.length <= literalCharsMax && !text.includes('"__proto__"') &&
    JSON.stringify(JSON.parse(text)) === text;
  return isLiteral ? visible(text) : `rawJson(${literal(text)})`;
}
