// @ts-check
/// <reference lib="dom" />
/**
 * A list of events of any length, oldest first.
 *
 * @module
 */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { searchEvents } from "../../api/search.js";
import { read } from "../../api/server.js";
import { html } from "../../html.js";
import { address, adjust, linkTo } from "../../state/address.js";
import { announce } from "../../state/announce.js";
import { useKeys } from "../../state/keys.js";
import { currentNamespace } from "../../state/session.js";
import { counted, countText } from "../../text/numbers.js";
import { Problem } from "../problem.js";
import { useZone } from "../time.js";
import { ListModel } from "./model.js";
import { Gap, ListRow } from "./row.js";
import { listRowOf } from "./run.js";
import { Status } from "./status.js";

/** How often to ask whether there are other events, in milliseconds. */
const refreshMs = 3000;

/**
 * @typedef {import("./model.js").Info} Info
 */

/**
 * @param {object} props
 * @param {import("../../api/search.js").Wanted} props.wanted
 * @param {Info} props.info
 * @param {Readonly<Record<string, string>>} props.params Of the address.
 * @param {unknown} props.none What to say where there are no events.
 */
export function EventList({ wanted, info, params, none }) {
  const [, redraw] = useState({});
  const ref = useRef(/** @type {HTMLElement} */ (/** @type {unknown} */ (null)));
  const place = useRef(params.at);
  const zone = useZone();
  const model = useMemo(
    () =>
      new ListModel(wanted, info, numberOf(params.at) ?? numberOf(params.event), {
        onChange: () => redraw({}),
        onPlace(at) {
          place.current = at === null ? undefined : String(at);
          adjust({ at }, { replace: true });
        },
      }),
    [],
  );
  const focus = () => ref.current.focus({ preventScroll: true });
  useLayoutEffect(() => model.attach(ref.current), []);
  useEffect(() => followNamespace(model), []);
  useEffect(() => {
    if (params.at === place.current) return;
    place.current = params.at;
    model.goTo(numberOf(params.at), true);
    model.cursor = numberOf(params.event ?? params.at);
    // Whoever came by the box goes on from here.
    if (document.activeElement === document.body) focus();
  }, [params.at]);
  useLayoutEffect(() => {
    if (params.event === undefined) return;
    model.cursor = numberOf(params.event);
    redraw({});
  }, [params.event]);

  /** @param {number} event @param {boolean} [replace] */
  const open = (event, replace) => adjust({ event }, { replace });
  /** @param {number} distance @param {number} [pages] */
  const move = (distance, pages) => {
    const position = model.rowBeside(distance, pages)?.globalPosition;
    if (position === undefined) return;
    model.cursor = position;
    model.reveal(position);
    // An open panel follows, and keeps the focus.
    if (address.current.params.event !== undefined) open(position, true);
    else focus();
  };
  const [next, before] = [() => move(1), () => move(-1)];
  const [toStart, toEnd] = [() => model.goTo(null), () => model.goTo(Infinity)];
  const openCursor = () => model.cursor !== null && open(model.cursor);
  useKeys([
    { key: "j", text: "Next event", run: next },
    { key: "k", text: "Previous event", run: before },
    { key: "o", text: "Open the event (in the list, Enter too)", run: openCursor },
    { key: "g", text: "First event", run: toStart },
    { key: "G", text: "Last event", run: toEnd },
  ], []);
  /** @type {Readonly<Record<string, () => void>>} */
  const ownKeys = {
    ArrowDown: next,
    ArrowUp: before,
    PageDown: () => move(0, 1),
    PageUp: () => move(0, -1),
    Home: toStart,
    End: toEnd,
    Enter: openCursor,
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const run = ownKeys[event.key];
    if (run === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    run();
  };
  const { drawn: { lines, y }, run: { rows, last }, cursor, error, jumpsTo } = model;
  const isCursorDrawn = lines.some(({ row, from }) => row && from === cursor);
  return html`
    <div ref=${ref} class=${model.isNarrow ? "event-list narrow" : "event-list"} role="grid"
      tabindex="0" aria-label="Events, oldest first" aria-rowcount=${last + 1}
      aria-busy=${model.isLoading}
      aria-activedescendant=${isCursorDrawn ? `event-${cursor}` : undefined}
      onScroll=${() => model.onScroll()} onScrollEnd=${() =>
        model.onScrollEnd()} onKeyDown=${press}>
      <div class="heads" role="rowgroup">
        <div class="event" role="row" aria-rowindex="1">
          ${["Position", `Time (${zone === "utc" ? "UTC" : "local"})`, "Stream", "Type", "Payload"]
            .map((head) => html`<span role="columnheader">${head}</span>`)}
        </div>
      </div>
      <div class="space" role="rowgroup" style=${{ height: `${model.height}px` }}>
        <div class="lines" role="presentation" style=${{ top: `${y}px` }}>
          ${lines.map(({ row, from, to }) =>
            row
              ? html`
                <${ListRow} key=${from} row=${row} zone=${zone}
                  isCursor=${from === cursor} isOpen=${String(from) === params.event}
                  link=${linkTo("events", { ...params, event: from })} onOpen=${open} />
              `
              : html`<${Gap} key=${`gap-${to}`} from=${from} to=${to} />`
          )}
        </div>
      </div>
    </div>
    ${jumpsTo !== null && html`<p class="jump" aria-hidden="true">
      Position ${countText(Math.min(jumpsTo, last))}</p>`}
    ${error !== undefined
      ? html`<${Problem} error=${error} onRetry=${() => model.goTo(model.position, true)} />`
      : rows.length === 0 &&
        (model.isWhole ? none : model.isSlow && html`<p class="loading">Nothing found so far…</p>`)}
    <${Status} model=${model} />
  `;
}

/**
 * Looks now and then whether the namespace has grown, or has other events: an import may have replaced them by as
 * many at the same positions.
 *
 * @param {ListModel} model
 */
function followNamespace(model) {
  const ending = new AbortController();
  const { signal } = ending;
  const ask = async () => {
    /** @type {Info} */
    const info = await read("ns.info", [currentNamespace()], { signal });
    const { info: before, firstSeen: row } = model;
    const isOther = info.createdAt !== before.createdAt ||
      info.globalPosition < before.globalPosition || info.messageCount < before.messageCount ||
      row !== undefined && !await isStill(row, signal);
    if (isOther) {
      announce(`The events were replaced: there are ${counted(info.messageCount, "event")} now`);
    }
    if (isOther || info.messageCount !== before.messageCount) model.update(info, isOther);
  };
  const timer = setInterval(() => {
    if (document.visibilityState !== "visible" || model.isLoading || model.error !== undefined) {
      return;
    }
    ask().catch((error) => signal.aborted || model.fail(error));
  }, refreshMs);
  return () => {
    clearInterval(timer);
    ending.abort();
  };
}

/** @param {import("./run.js").Row} row @param {AbortSignal} signal */
async function isStill(row, signal) {
  const { globalPosition: from } = row;
  const { events } = await searchEvents({ from, to: from }, signal);
  return JSON.stringify(events.map(listRowOf)) === JSON.stringify([row]);
}

/** @param {string} [text] @returns {number | null} The global position in an address. */
function numberOf(text = "") {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
