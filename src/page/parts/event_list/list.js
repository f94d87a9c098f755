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
import { Gap, Row } from "./row.js";
import { rowOf } from "./run.js";
import { Status } from "./status.js";

/** How often to ask whether there are other events, and how long a list rests before its place is noted. */
const [refreshMs, restMs] = [3000, 250];

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
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const place = useRef(params.at);
  const resting = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  const zone = useZone();
  const model = useMemo(() => {
    return new ListModel(
      {
        read: (search, signal) => searchEvents({ ...wanted, ...search }, signal),
        isFiltered: Object.keys(wanted).length > 0,
      },
      info,
      numberOf(params.at) ?? numberOf(params.event),
      {
        onChange: () => redraw({}),
        onPlace(position) {
          clearTimeout(resting.current);
          resting.current = setTimeout(() => {
            if (ref.current === null) return;
            place.current = position === null ? undefined : String(position);
            adjust({ at: position }, { replace: true });
          }, restMs);
        },
      },
    );
  }, []);
  const focus = () => {
    const { activeElement: at, body } = document;
    // `main` has it after the panel was closed.
    if (at === body || at?.id === "main") ref.current?.focus({ preventScroll: true });
  };
  useLayoutEffect(() => model.attach(/** @type {HTMLElement} */ (ref.current)), []);
  useEffect(() => followNamespace(model), []);
  useEffect(() => {
    if (params.at === place.current) return;
    clearTimeout(resting.current);
    place.current = params.at;
    model.goTo(numberOf(params.at), true);
    model.cursor = numberOf(params.event ?? params.at);
    // Whoever came by the box goes on from here.
    focus();
  }, [params.at]);
  useLayoutEffect(() => {
    if (params.event === undefined) return;
    model.cursor = numberOf(params.event);
    redraw({});
  }, [params.event]);

  /** @param {number} position @param {boolean} [replace] */
  const open = (position, replace) => adjust({ event: position }, { replace });
  /** @param {number} distance */
  const move = (distance) => {
    const row = model.rowBeside(distance);
    if (row === undefined) return;
    model.cursor = row.globalPosition;
    focus();
    model.reveal(row.globalPosition);
    // An open panel follows.
    if (address.current.params.event !== undefined) open(row.globalPosition, true);
    else announce(`${row.globalPosition}, ${row.type}, ${row.stream}`);
  };
  const openCursor = () => {
    if (model.cursor !== null) open(model.cursor);
  };
  useKeys([
    { key: "j", text: "Next event", run: () => move(1) },
    { key: "k", text: "Previous event", run: () => move(-1) },
    { key: "o", text: "Open the event (in the list, Enter too)", run: openCursor },
    { key: "g", text: "First event", run: () => model.goTo(null) },
    { key: "G", text: "Last event", run: () => model.goTo(Infinity) },
  ], []);
  /** @type {Readonly<Record<string, () => void>>} */
  const ownKeys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    PageDown: () => move(Infinity),
    PageUp: () => move(-Infinity),
    Home: () => model.goTo(null),
    End: () => model.goTo(Infinity),
    Enter: openCursor,
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const run = ownKeys[event.key];
    if (run === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    run();
  };
  const { layout: { lines, tops }, drawn: { first, end }, run, cursor } = model;
  const isCursorDrawn = lines.slice(first, end).some(({ row }) => row?.globalPosition === cursor);
  return html`
    <div ref=${ref} class=${model.isNarrow ? "event-list narrow" : "event-list"} role="grid"
      tabindex="0" aria-label="Events, oldest first" aria-rowcount=${run.last + 1}
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
        <div class="lines" role="presentation"
          style=${{ top: `${model.base + (tops[first] ?? 0)}px` }}>
          ${lines.slice(first, end).map((line) =>
            line.row === undefined
              ? html`<${Gap} key=${`gap-${line.to}`} from=${line.from} to=${line.to} />`
              : html`
                <${Row} key=${line.from} row=${line.row} zone=${zone}
                  isCursor=${line.from === cursor} isOpen=${String(line.from) === params.event}
                  link=${linkTo("events", { ...params, event: line.from })} onOpen=${open} />
              `
          )}
        </div>
      </div>
    </div>
    ${model.jumpsTo !== null && html`<p class="jump" aria-hidden="true">
      Position ${countText(Math.min(model.jumpsTo, run.last))}</p>`}
    ${model.isSlow && run.rows.length === 0 && html`<p class="loading">Nothing found so far…</p>`}
    ${model.isEmpty && model.error === undefined && none}
    ${model.error !== undefined &&
      html`<${Problem} error=${model.error} onRetry=${() => model.reload()} />`}
    <${Status} model=${model} isFiltered=${Object.keys(wanted).length > 0} />
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
  const namespace = currentNamespace();
  const ask = async () => {
    /** @type {Info} */
    const info = await read("ns.info", [namespace], { signal });
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
  const bounds = { from: row.globalPosition, to: row.globalPosition };
  const { events: [event] } = await searchEvents(bounds, signal);
  return event !== undefined && JSON.stringify(rowOf(event)) === JSON.stringify(row);
}

/** @param {string | undefined} text @returns {number | null} The global position in an address. */
function numberOf(text) {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
