// @ts-check
/**
 * Links of events: what an event says it follows from, and to which streams it belongs.
 *
 * @module
 */

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
  const fields = JSON.parse(metadata ?? "{}");
  /** @param {"string" | "number"} type @param {...string} names @returns {any} Of the first field that has one. */
  const fieldOf = (type, ...names) =>
    names.map((name) => fields[name])
      .find((value) => typeof value === type && (type === "number" || isName(value)));
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

/**
 * @param {Link} link
 * @param {{stream: string, position: number}} event
 * @returns {boolean} Whether what the link says of a stream and a position in it is right of an event.
 */
export function fits({ stream, position }, event) {
  return (stream ?? event.stream) === event.stream &&
    (position ?? event.position) === event.position;
}

/** A value that is longer than a name is not a link. @param {string} text */
function isName(text) {
  return text !== "" && text.length <= 8192;
}

/**
 * Finds the streams that a declared link leads to.
 *
 * @param {string} link Such as `data.orderId=order-{}`: fields, `['a field']`, `[0]` and `[*]`.
 * @param {{data: string, metadata: string | null}} payloads
 * @returns {Link[]} None where the path is another one, which the server alone follows.
 */
export function declaredLinksIn(link, payloads) {
  const [, payload, path = "", template = ""] =
    /^\s*(data|metadata)((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^='"])*)=(.*)$/s.exec(link) ?? [];
  const steps = [...path.trim().matchAll(step)];
  if (steps.map(([text]) => text).join("") !== path.trim()) return [];
  let values = [
    JSON.parse(payloads[/** @type {"data"} */ (payload)] ?? "null", asWritten),
  ];
  for (const [text, name, , quoted] of steps) {
    const field = name ?? quoted?.replace(/\\(.)/g, "$1");
    values = values.flatMap((value) => {
      if (typeof value !== "object") return [];
      if (text === "[*]") return Object.values(value);
      if (field === undefined) {
        return Array.isArray(value) ? [value.at(Number(text.slice(1, -1)))] : [];
      }
      return Object.hasOwn(value, field) && !Array.isArray(value) ? [value[field]] : [];
    });
  }
  return values.flat().filter((id) => typeof id === "string" && isName(id))
    .map((id) => ({ kind: "payload", stream: template.replace("{}", () => id) }));
}

/**
 * Names are made of whole numbers as they are written, to the last digit, and of no others.
 *
 * @type {(key: string, value: any, context?: {source: string}) => unknown}
 */
function asWritten(_, value, context) {
  if (typeof value !== "number") return value ?? "";
  return /^-?\d+$/.exec(context?.source ?? `${value}`)?.[0] ?? "";
}

const step = /\.([\w\u0080-\uffff]+)|\[(?:(['"])((?:\\.|(?!\2)[^\\])*)\2|\*|-?\d+)\]/g;
