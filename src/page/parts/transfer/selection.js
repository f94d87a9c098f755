// @ts-check
/**
 * Which events an export has, as the address says it.
 *
 * @module
 */

import { namesIn, patternsIn } from "../../text/patterns.js";
import { shellQuoted } from "../../text/shell.js";

/**
 * @typedef {object} Field
 * @property {string} param In the address.
 * @property {string} field In `POST /export`.
 * @property {string} option Of `eventodb export`.
 * @property {string} label
 * @property {string} hint
 * @property {"names" | "patterns" | "text" | "position"} kind
 * @property {boolean} [isRare] Shown only where the address has it, as from a trace.
 */

/** @type {readonly Field[]} */
export const fields = /** @type {const} */ ([
  ["category", "categories", "category", "Categories", "workflow, billing", "names"],
  ["stream", "streams", "streams", "Streams", "workflow-123, order-*", "patterns"],
  ["type", "types", "types", "Types", "TaskRequested, *Failed", "patterns"],
  [
    "relatedTo",
    "relatedTo",
    "related-to",
    "Related to streams",
    "workflow-123",
    "patterns",
  ],
  ["direction", "direction", "direction", "Direction", "causes, effects or both", "text", true],
  ["depth", "depth", "depth", "Links away", "any", "position", true],
  ["stopAt", "stopAt", "stop-at", "Stop at categories", "none", "names", true],
  [
    "excludeCategory",
    "excludeCategories",
    "exclude-categories",
    "Leave out categories",
    "none",
    "names",
    true,
  ],
  ["link", "links", "link", "Links in payloads", "data.orderId=order-{}", "names", true],
  ["since", "since", "since", "Since", "2026-07-15T10:00:00Z", "text"],
  ["until", "until", "until", "Until, not included", "2026-07-16", "text"],
  ["from", "from", "from-position", "From position", "1", "position"],
  ["to", "to", "to-position", "To position", "the last", "position"],
]).map(([param, field, option, label, hint, kind, isRare]) => ({
  param,
  field,
  option: `--${option}`,
  label,
  hint,
  kind,
  isRare,
}));

/** How a text is split, by its kind. @type {Readonly<Record<string, (text: string) => string[]>>} */
const lists = { names: namesIn, patterns: patternsIn };

/** @typedef {Readonly<Record<string, string>>} Params */

/**
 * @param {Params} params Of the address.
 * @returns {import("../../api/export.js").Selection}
 * @throws {Error} With what to show, where a position is not valid.
 */
export function selectionOf(params) {
  /** @type {import("../../api/export.js").Selection} */
  const selection = {};
  for (const { param, field, label, kind } of fields) {
    const text = params[param];
    if (text === undefined) continue;
    const list = lists[kind]?.(text);
    if (list !== undefined) selection[field] = list;
    else if (kind === "text") selection[field] = text;
    else if (/^\d{1,16}$/.test(text)) selection[field] = Number(text);
    else throw new Error(`"${label}" must be a whole number, and not ${JSON.stringify(text)}`);
  }
  return selection;
}

/**
 * @param {Params} params Of the address.
 * @param {string} url The server's.
 * @param {string} file What it is written to.
 * @returns {string} The command that writes the same file.
 */
export function commandOf(params, url, file) {
  const options = fields.flatMap(({ param, option, kind }) => {
    const text = params[param];
    if (text === undefined) return [];
    return (lists[kind]?.(text) ?? [text]).map((value) => `${option} ${shellQuoted(value)}`);
  });
  // A window and types narrow what is named; they name nothing.
  const isNamed = params.category ?? params.stream ?? params.relatedTo;
  const all = isNamed === undefined ? ["--all"] : [];
  const [server, output] = [url, file].map(shellQuoted);
  return ["eventodb export --url", server, ...all, ...options, "--output", output].join(" ");
}
