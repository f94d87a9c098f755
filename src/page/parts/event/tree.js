// @ts-check
/// <reference lib="dom" />
/**
 * JSON as a tree.
 *
 * @module
 */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { html } from "../../html.js";
import { linkTo } from "../../state/address.js";
import { counted, countText } from "../../text/numbers.js";
import { exactPattern } from "../../text/patterns.js";
import { isContainer, JsonTree, rowCharsMax } from "../../text/tree_rows.js";
import { cutText } from "../../text/visible.js";
import { Visible } from "../visible.js";

/** @typedef {import("../../text/tree_rows.js").Row} Row */

/** Levels that are indented; deeper ones say how deep they are. */
const indentedLevels = 16;

/**
 * @param {{text: string, label: string, categories?: ReadonlySet<string>}} props `text`: JSON text; that of another one
 * is another component's. `categories`: what begins with the name of one, and a hyphen, is taken for the name of a
 * stream.
 */
export function Tree({ text, label, categories }) {
  const tree = useMemo(() => new JsonTree(text), []);
  const [opened, setOpened] = useState(() => tree.firstOpened());
  const rows = useMemo(() => tree.rows(opened), [opened]);
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  /** The path of the row to focus once it is there. */
  const wanted = useRef("");
  useEffect(() => {
    itemsOf(ref.current).find(({ dataset }) => wanted.current && dataset.path === wanted.current)
      ?.focus();
    wanted.current = "";
  }, [rows]);

  /** @param {Row} row Opens or closes what it has, or shows more. */
  const activate = ({ path, kind, step, shown = 0, value }) => {
    if (step === undefined) return;
    const parent = path.replace(/\.more$/, "");
    // "More" goes away, or moves: what comes in its place is looked at next.
    if (kind === "more") wanted.current = `${parent}.${isContainer(value) ? shown : 0}`;
    setOpened(new Map(opened).set(parent, step));
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const { key } = event;
    const items = itemsOf(ref.current);
    const index = items.findIndex((item) => item === document.activeElement);
    const row = rows[index];
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const { level, isOpen, step } = row;
    /** @type {Record<string, number | undefined>} */
    const moves = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: items.length - 1,
      ArrowRight: index + (isOpen ? 1 : 0),
      ArrowLeft: rows.findLastIndex((one, at) => at < index && one.level < level),
    };
    const to = moves[key];
    if (key === "*") setOpened(tree.withAllOpen(opened, row));
    else if (
      key === "Enter" || key === " " || isOpen === (key === "ArrowLeft") && /^Arrow[LR]/.test(key)
    ) {
      if (step === undefined) items[index]?.querySelector("a")?.click();
      activate(row);
    } else if (to === undefined) return;
    else items[to]?.focus();
    event.preventDefault();
  };
  /** @param {FocusEvent} event One row at a time can be reached by Tab. */
  const focus = ({ target }) => {
    for (const item of itemsOf(ref.current)) {
      item.tabIndex = item.contains(/** @type {Node} */ (target)) ? 0 : -1;
    }
  };
  return html`
    <div class="tree" role="tree" aria-label=${label} ref=${ref} onKeyDown=${press}
      onFocusIn=${focus} dir="ltr">
      ${rows.map((row) => {
        const { path, level, position, size, kind, isOpen } = row;
        // A selection is no click.
        const click = () => kind !== "text" && String(getSelection()) === "" && activate(row);
        return html`
          <div key=${path} role="treeitem" class=${`tree-row ${kind}`} data-path=${path}
            aria-level=${level} aria-posinset=${position} aria-setsize=${size}
            aria-expanded=${isOpen} tabindex=${path === "" ? 0 : -1} onClick=${click}
            style=${{ "--level": Math.min(level - 1, indentedLevels) }}>
            ${contentOf(row, categories)}
          </div>
        `;
      })}
    </div>
  `;
}

/** @param {Row} row @param {ReadonlySet<string>} [categories] */
function contentOf(
  { level, position, kind, name, value, isOpen, count = 0, shown = 0 },
  categories,
) {
  const many = !isContainer(value) ? "character" : value.startsWith("{") ? "key" : "element";
  if (kind === "text") return html`<${Visible} text=${value} hasLines />`;
  if (kind === "more") {
    return `Show more: ${countText(shown)} of ${counted(count, many)} are shown`;
  }
  const depth = level - 1;
  const link = linkOf(value, categories);
  const shortened = html`<${Visible} text=${cutText(value, rowCharsMax)} />`;
  return html`
    ${depth > indentedLevels && html`<span class="note">${countText(depth)}${" "}</span>`}
    ${name !== undefined
      ? html`<span class="tree-name"><${Visible} text=${
        cutText(name, rowCharsMax)
      } /></span>${": "}`
      : depth > 0 && html`<span class="note">${countText(position - 1)}:${" "}</span>`}
    ${isOpen
      ? html`<span class="note">${counted(count, many)}</span>`
      : link !== undefined
      ? html`<a href=${link} tabindex="-1">${shortened}</a>`
      : isContainer(value)
      ? html`<span class="note">${shortened}</span>`
      : shortened}
  `;
}

/**
 * A string that begins like the name of a stream, of a category that is there.
 *
 * @param {string} value
 * @param {ReadonlySet<string>} [categories]
 */
function linkOf(value, categories) {
  const [, name = "", category = ""] = value.length > rowCharsMax
    ? []
    : /^"(([^"\\-]+)-[^"\\]+)"$/.exec(value) ?? [];
  return categories?.has(category) ? linkTo("events", { stream: exactPattern(name) }) : undefined;
}

/** @param {HTMLElement | null} tree @returns {HTMLElement[]} */
function itemsOf(tree) {
  return /** @type {HTMLElement[]} */ ([...tree?.children ?? []]);
}
