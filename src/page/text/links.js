// @ts-check
/**
 * Links of events: what an event says it follows from, and to which streams it belongs.
 *
 * @module
 */

import { elementsOf, membersOf } from "./raw_json.js";

/**
 * @typedef {object} Link
 * @property {"cause" | "correlation" | "reply" | "payload"} kind
 * @property {string} [stream] What it leads to: a stream,
 * @property {number} [position] an event of it by its position,
 * @property {number} [globalPosition] an event by its global position,
 * @property {string} [id] an event by its id.
 */

/**
 * Reads the links of metadata: the fields of Message DB and Eventide, and ids of causes as other stores name them.
 *
 * @param {string | null} metadata JSON text of an object.
 * @returns {Link[]} The cause comes first. Of a field that is repeated, the last value counts.
 */
export function linksIn(metadata) {
  const fields = new Map(metadata === null ? [] : membersOf(metadata));
  /** @param {"string" | "number"} type @param {...string} names @returns {any} Of the first field that has one. */
  const fieldOf = (type, ...names) =>
    names.map((name) => literalIn(fields.get(name)))
      .find((value) => typeof value === type && value !== "");
  /** @type {Link[]} */
  const links = [
    {
      kind: "cause",
      stream: fieldOf("string", "causationMessageStreamName"),
      position: fieldOf("number", "causationMessagePosition"),
      globalPosition: fieldOf(
        "number",
        "causationMessageGlobalPosition",
        "causationGlobalPosition",
      ),
      id: fieldOf("string", "causationMessageId", "causationId", "causation_id", "$causationId"),
    },
    { kind: "correlation", stream: fieldOf("string", "correlationStreamName") },
    { kind: "reply", stream: fieldOf("string", "replyStreamName") },
  ];
  return links.filter(({ stream, globalPosition, id }) =>
    (stream ?? globalPosition ?? id) !== undefined
  );
}

/** A value of more than a name is no name. @param {string | undefined} text */
function literalIn(text) {
  return text === undefined || text.length > 8192 || !/^["\d]/.test(text)
    ? undefined
    : JSON.parse(text);
}

/**
 * Finds the streams that a declared link leads to.
 *
 * @param {string} link Such as `data.orderId=order-{}`: fields, `['a field']`, `[0]` and `[*]`.
 * @param {{data: string, metadata: string | null}} event
 * @returns {Link[]} None where the path is another one, which the server alone follows.
 */
export function declaredLinksIn(link, { data, metadata }) {
  const [, payload, path = "", template = ""] =
    /^\s*(data|metadata)((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^='"])*)=(.*)$/s.exec(link) ?? [];
  const steps = [...path.trim().matchAll(step)];
  if (payload === undefined || steps.map(([text]) => text).join("") !== path.trim()) return [];
  let values = [(payload === "data" ? data : metadata) ?? "null"];
  for (const [text, name, , quoted] of steps) {
    const field = name ?? quoted?.replace(/\\(.)/g, "$1");
    values = values.flatMap((value) => {
      if (field !== undefined) {
        return value.startsWith("{") ? new Map(membersOf(value)).get(field) ?? [] : [];
      }
      if (text === "[*]" && value.startsWith("{")) return membersOf(value).map(([, text]) => text);
      if (!value.startsWith("[")) return [];
      const elements = elementsOf(value);
      return text === "[*]" ? elements : elements.at(Number(text.slice(1, -1))) ?? [];
    });
  }
  return values.flatMap((value) => value.startsWith("[") ? elementsOf(value) : value)
    .filter((value) => /^(?:"[^]+"|-?\d+)$/.test(value) && value.length <= 8192)
    .map((value) => value.startsWith('"') ? JSON.parse(value) : value)
    .map((id) => ({ kind: "payload", stream: template.replace("{}", () => id) }));
}

const step = /\.([\w\u0080-\uffff]+)|\[(?:(['"])((?:\\.|(?!\2)[^\\])*)\2|\*|-?\d+)\]/g;
