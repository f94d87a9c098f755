// @ts-check
/**
 * Which events an export has, as the address says it.
 *
 * @module
 */

import { splitNames } from "../../text/names_list.js";
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
export const fields = [
  {
    param: "category",
    field: "categories",
    option: "--category",
    label: "Categories",
    hint: "workflow, billing",
    kind: "names",
  },
  {
    param: "stream",
    field: "streams",
    option: "--streams",
    label: "Streams",
    hint: "workflow-123, order-*",
    kind: "patterns",
  },
  {
    param: "type",
    field: "types",
    option: "--types",
    label: "Types",
    hint: "TaskRequested, *Failed",
    kind: "patterns",
  },
  {
    param: "relatedTo",
    field: "relatedTo",
    option: "--related-to",
    label: "Related to streams",
    hint: "workflow-123: it, and all that is linked to it",
    kind: "patterns",
  },
  {
    param: "direction",
    field: "direction",
    option: "--direction",
    label: "Direction",
    hint: "causes, effects or both",
    kind: "text",
    isRare: true,
  },
  {
    param: "depth",
    field: "depth",
    option: "--depth",
    label: "Links away",
    hint: "any",
    kind: "position",
    isRare: true,
  },
  {
    param: "stopAt",
    field: "stopAt",
    option: "--stop-at",
    label: "Stop at categories",
    hint: "none",
    kind: "names",
    isRare: true,
  },
  {
    param: "excludeCategory",
    field: "excludeCategories",
    option: "--exclude-categories",
    label: "Leave out categories",
    hint: "none",
    kind: "names",
    isRare: true,
  },
  {
    param: "link",
    field: "links",
    option: "--link",
    label: "Links in payloads",
    hint: "none",
    kind: "names",
    isRare: true,
  },
  {
    param: "since",
    field: "since",
    option: "--since",
    label: "Since",
    hint: "2026-07-15 or 2026-07-15T10:00:00Z",
    kind: "text",
  },
  {
    param: "until",
    field: "until",
    option: "--until",
    label: "Until, not included",
    hint: "2026-07-16",
    kind: "text",
  },
  {
    param: "from",
    field: "from",
    option: "--from-position",
    label: "From position",
    hint: "1",
    kind: "position",
  },
  {
    param: "to",
    field: "to",
    option: "--to-position",
    label: "To position",
    hint: "the last",
    kind: "position",
  },
];

/** @typedef {Readonly<Record<string, string>>} Params */

/**
 * @param {Params} params Of the address.
 * @returns {import("../../api/export.js").Selection}
 * @throws {Error} With what to show, where a position is none.
 */
export function selectionOf(params) {
  /** @type {import("../../api/export.js").Selection} */
  const selection = {};
  for (const { param, field, label, kind } of fields) {
    const text = params[param];
    if (text === undefined) continue;
    if (isList(kind)) selection[field] = splitNames(text);
    else if (kind === "text") selection[field] = text;
    else if (/^\d{1,16}$/.test(text)) selection[field] = Number(text);
    else {throw new Error(
        `"${label}" must be a whole number, and not ${JSON.stringify(text)}`,
      );}
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
    return (isList(kind) ? splitNames(text) : [text]).map((value) =>
      `${option} ${shellQuoted(kind === "patterns" ? value.replaceAll(",", "\\,") : value)}`
    );
  });
  // A window and types narrow what is named; they name nothing.
  const isNamed = params.category ?? params.stream ?? params.relatedTo;
  const isAll = isNamed === undefined ? ["--all"] : [];
  return [
    "eventodb export",
    `--url ${shellQuoted(url)}`,
    ...isAll,
    ...options,
    `--output ${shellQuoted(file)}`,
  ]
    .join(" ");
}

/** @param {Field["kind"]} kind */
function isList(kind) {
  return kind === "names" || kind === "patterns";
}
