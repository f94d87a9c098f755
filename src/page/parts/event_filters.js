// @ts-check
/// <reference lib="dom" />
/**
 * Which events are shown. What is typed goes into the address when it is done.
 *
 * @module
 */

import { useState } from "preact/hooks";
import { read } from "../api/server.js";
import { html } from "../html.js";
import { adjust } from "../state/address.js";
import { useLoad } from "../state/load.js";
import { counted } from "../text/numbers.js";
import { exactPattern } from "../text/patterns.js";
import { parseTime, timeText } from "../text/time.js";
import { useZone } from "./time.js";
import { TraceLink } from "./trace/link.js";

/** @typedef {"category" | "stream" | "type" | "text" | "since" | "until"} FilterName */

/** @type {readonly {name: FilterName, label: string, example: string}[]} */
const filters = [
  { name: "category", label: "Category", example: "order" },
  { name: "stream", label: "Stream", example: "order-*" },
  { name: "type", label: "Type", example: "Order*" },
  { name: "text", label: "Text", example: "1.5" },
  { name: "since", label: "Since", example: "2026-07-15 10:00" },
  { name: "until", label: "Until", example: "2026-07-16" },
];

/** Most suggestions. */
const suggestionsMax = 50;

/** Takes all filters away. */
export function clearFilters() {
  adjust({ at: null, ...Object.fromEntries(filters.map(({ name }) => [name, null])) });
}

/** @param {{params: Readonly<Record<string, string>>, names?: readonly FilterName[]}} props `names`: default all. */
export function EventFilters({ params, names }) {
  const [isOpen, setOpen] = useState(false);
  const shown = filters.filter(({ name }) => names?.includes(name) ?? true);
  const set = shown.filter(({ name }) => params[name] !== undefined);
  return html`
    <div class="filter-bar">
      <button type="button" class="filter-toggle" aria-expanded=${isOpen}
        onClick=${() => setOpen(!isOpen)}>
        ${set.length === 0 ? "Filters" : counted(set.length, "filter")}
      </button>
      <form class=${isOpen ? "filters is-shown" : "filters"} aria-label="Filters"
        onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
        ${shown.map((field) =>
          html`
            <${Field} key=${[field.name, params[field.name], params.zone].join()} ...${field}
              value=${params[field.name] ?? ""} />
          `
        )}
        ${params.stream && html`<${TraceLink} stream=${params.stream} event=${params.event} />`}
        ${set.length > 1 &&
          html`<button type="button" class="quiet" onClick=${clearFilters}>Clear all</button>`}
      </form>
    </div>
  `;
}

/** @param {{name: FilterName, label: string, example: string, value: string}} props */
function Field({ name, label, example, value }) {
  const zone = useZone();
  const isTime = name === "since" || name === "until";
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const [problem, setProblem] = useState("");
  const suggestions = useSuggestions(name, typed);
  /** @param {string | null} text */
  const apply = (text) => adjust({ [name]: text, at: null });
  /** @param {Event & {currentTarget: HTMLInputElement}} event */
  const change = ({ currentTarget: { value: text } }) => {
    const wanted = text.trim();
    if (!isTime || wanted === "") return apply(wanted);
    const time = parseTime(wanted, zone);
    setProblem(time === null ? `No time: ${example} is one` : "");
    if (time !== null) apply(time);
  };
  const id = `filter-${name}`;
  return html`
    <div class=${`filter filter-${name} ${value && "is-set"}`}>
      <label for=${id}>${label}</label>
      <input id=${id} defaultValue=${isTime
        ? timeText(value, zone)
        : value} placeholder="any" title=${`Such as ${example}`}
        list=${`${id}-list`} spellcheck=${false}
        autocomplete="off" autocapitalize="off" maxlength="1000"
        aria-invalid=${problem !== ""} aria-describedby=${problem && `${id}-problem`}
        onFocus=${() => setTyped((before) => before ?? value)}
        onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) =>
          setTyped(event.currentTarget.value)}
        onChange=${change} />
      ${value && html`
        <button type="button" class="quiet" aria-label=${`Clear ${label}`}
          onClick=${() => apply(null)}>✕</button>
      `}
      ${problem && html`<p id=${`${id}-problem`} role="alert">${problem}</p>`}
      <datalist id=${`${id}-list`}>
        ${suggestions.map((text) => html`<option key=${text} value=${text} />`)}
      </datalist>
    </div>
  `;
}

/**
 * @param {FilterName} name
 * @param {string | null} typed `null` until somebody wants to type.
 * @returns {readonly string[]} Patterns.
 */
function useSuggestions(name, typed) {
  const isStream = name === "stream";
  const isWanted = typed !== null && (isStream || name === "category");
  const { value = [] } = useLoad(async (signal) => {
    if (!isWanted) return [];
    const [method, args] = isStream
      ? ["ns.streams", [{ prefix: typed, limit: suggestionsMax }]]
      : ["ns.categories", []];
    /** @type {Record<string, string>[]} */
    const all = await read(method, args, { signal });
    return all.slice(0, suggestionsMax).map((one) => exactPattern(one[name] ?? ""));
  }, [isWanted, isStream && typed]);
  return value;
}
