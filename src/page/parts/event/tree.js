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
import {
  charsStep,
  childrenStep,
  isContainer,
  JsonTree,
  moreOf,
  rowCharsMax,
} from "../../text/tree_rows.js";
import { wholeEnd } from "../../text/visible.js";
import { Visible } from "../visible.js";

/** @typedef {import("../../text/tree_rows.js").Row} Row */

/** Levels that are indented; deeper ones say how deep they are. */
const indentedMax = 16;

/**
 * @param {{text: string, label: string, categories: ReadonlySet<string>}} props `text`: JSON text; `categories`: what
 * begins with the name of one, and a hyphen, is taken for the name of a stream.
 */
export function Tree({ text, label, categories }) {
  const tree = useMemo(() => new JsonTree(text), [text]);
  const [opened, setOpened] = useState(() => tree.firstOpened());
  const rows = useMemo(() => tree.rows(opened), [tree, opened]);
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  /** The path of the row to focus once it is there. */
  const wanted = useRef("");
  useEffect(() => {
    const items = itemsOf(ref.current);
    const next = items.find(({ dataset }) =>
      wanted.current !== "" && dataset.path === wanted.current
    );
    wanted.current = "";
    if (next !== undefined) focusItem(items, next);
    else if (!items.some(({ tabIndex }) => tabIndex === 0)) items[0]?.setAttribute("tabindex", "0");
  }, [rows]);

  /** @param {Row} row Opens or closes what it has, or shows more. */
  const activate = (row) => {
    const next = new Map(opened);
    if (row.kind === "more") {
      const parent = row.path.slice(0, row.path.lastIndexOf("."));
      next.set(parent, moreOf(row));
      // It goes away, or moves: what comes in its place is looked at next.
      wanted.current = row.value === "" ? `${parent}.${row.shown}` : `${parent}.text`;
    } else if (row.isOpen) next.delete(row.path);
    else if (row.isOpen === false) {
      next.set(row.path, isContainer(row.value) ? childrenStep : charsStep);
    } else {
      /** @type {HTMLElement | null | undefined} */
      const link = ref.current?.querySelector(`[data-path="${row.path}"] a`);
      return link?.click();
    }
    setOpened(/** @type {Map<string, number>} */ (next));
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const items = itemsOf(ref.current);
    const index = items.findIndex((item) => item === document.activeElement);
    const row = rows[index];
    if (row === undefined) return;
    const focus = (/** @type {number} */ at) => focusItem(items, items[at]);
    const upOf = (/** @type {number} */ level) =>
      rows.findLastIndex((one, at) => at < index && one.level < level);
    switch (event.key) {
      case "ArrowDown":
        focus(index + 1);
        break;
      case "ArrowUp":
        focus(index - 1);
        break;
      case "Home":
        focus(0);
        break;
      case "End":
        focus(items.length - 1);
        break;
      case "ArrowRight":
        if (row.isOpen) focus(index + 1);
        else if (row.isOpen === false) activate(row);
        break;
      case "ArrowLeft":
        if (row.isOpen) activate(row);
        else focus(upOf(row.level));
        break;
      case "Enter":
      case " ":
        activate(row);
        break;
      case "*":
        setOpened(/** @type {Map<string, number>} */ (tree.withAllOpen(opened, row)));
        break;
      default:
        return;
    }
    event.preventDefault();
  };
  return html`
    <div class="tree" role="tree" aria-label=${label} ref=${ref} onKeyDown=${press}
      dir="ltr">
      ${rows.map((row, index) =>
        html`
          <${TreeRow} key=${row.path} row=${row} isFirst=${index === 0}
            link=${linkOf(row, categories)} onActivate=${activate} />
        `
      )}
    </div>
  `;
}

/** @param {{row: Row, isFirst: boolean, link: string | undefined, onActivate: (row: Row) => void}} props */
function TreeRow({ row, isFirst, link, onActivate }) {
  const { path, level, position, size, kind, name, isOpen } = row;
  /** @param {MouseEvent & {currentTarget: HTMLElement}} event */
  const click = (event) => {
    // A selection is no click.
    if (kind === "text" || String(getSelection()) !== "") return;
    focusItem(itemsOf(event.currentTarget.parentElement), event.currentTarget);
    if (isOpen !== undefined || kind === "more") onActivate(row);
  };
  return html`
    <div role="treeitem" class=${`tree-row ${kind}`} data-path=${path} aria-level=${level}
      aria-posinset=${position} aria-setsize=${size} aria-expanded=${isOpen}
      tabindex=${isFirst ? 0 : -1} onClick=${click}
      style=${{ "--level": Math.min(level - 1, indentedMax) }}>
      <span class="twisty" aria-hidden="true">${isOpen === undefined
        ? ""
        : isOpen
        ? "▾"
        : "▸"}</span>
      ${level - 1 > indentedMax && html`<span class="note">${countText(level - 1)}${" "}</span>`}
      ${name !== undefined && html`
        <span class="tree-name"><${Visible} text=${cut(name)} /></span>${": "}
      `}
      ${name === undefined && kind === "value" && level > 1 &&
        html`<span class="note">${countText(position - 1)}:${" "}</span>`}
      <${Content} row=${row} link=${link} />
    </div>
  `;
}

/** @param {{row: Row, link: string | undefined}} props */
function Content({ row: { kind, value, isOpen, count = 0, shown = 0 }, link }) {
  if (kind === "text") {
    return html`<span class="tree-text"><${Visible} text=${value} hasLines /></span>`;
  }
  if (kind === "more") {
    const what = value === "" ? "" : " characters";
    return html`<span class="tree-more">Show more: ${countText(shown)} of ${
      countText(count)
    }${what} are shown</span>`;
  }
  if (isOpen && isContainer(value)) {
    const what = value.startsWith("{") ? counted(count, "key") : counted(count, "element");
    return html`<span class="note">${what}</span>`;
  }
  if (isOpen) return html`<span class="note">${counted(count, "character")}</span>`;
  const shownValue = html`<${Visible} text=${cut(value)} />`;
  if (link !== undefined) return html`<a href=${link} tabindex="-1">${shownValue}</a>`;
  return html`<span class=${isContainer(value) ? "note" : "tree-value"}>${shownValue}</span>`;
}

/** @param {string} text */
function cut(text) {
  return text.length <= rowCharsMax ? text : `${text.slice(0, wholeEnd(text, rowCharsMax))}…`;
}

/**
 * A string that begins like the name of a stream, of a category that is there.
 *
 * @param {Row} row
 * @param {ReadonlySet<string>} categories
 */
function linkOf({ kind, value }, categories) {
  if (kind !== "value" || value.length > rowCharsMax) return undefined;
  const category = /^"([^"\\-]+)-[^"\\]+"$/.exec(value)?.[1];
  if (category === undefined || !categories.has(category)) return undefined;
  return linkTo("events", { stream: exactPattern(value.slice(1, -1)) });
}

/** @param {HTMLElement | null} tree @returns {HTMLElement[]} */
function itemsOf(tree) {
  return /** @type {HTMLElement[]} */ ([...tree?.children ?? []]);
}

/**
 * One row at a time can be reached by Tab.
 *
 * @param {HTMLElement[]} items
 * @param {HTMLElement | undefined} next
 */
function focusItem(items, next) {
  if (next === undefined) return;
  for (const item of items) if (item.tabIndex === 0) item.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
