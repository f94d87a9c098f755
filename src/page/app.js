// @ts-check
/// <reference lib="dom" />
/**
 * The page around its views: what is open, the box, the navigation, what is announced.
 *
 * @module
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { askServer } from "./api/facts.js";
import { html } from "./html.js";
import { Away } from "./parts/away.js";
import { Box } from "./parts/box.js";
import { EventPanel } from "./parts/event/panel.js";
import { KeyHelp } from "./parts/key_help.js";
import { NamespaceMenu } from "./parts/namespace_menu.js";
import { Open } from "./parts/open.js";
import { Problem } from "./parts/problem.js";
import { Refused } from "./parts/refused.js";
import { useZone } from "./parts/time.js";
import { address, adjust, go, linkTo } from "./state/address.js";
import { announcement } from "./state/announce.js";
import { useDrop } from "./state/dropped.js";
import { useKeys } from "./state/keys.js";
import { useLoad } from "./state/load.js";
import { useMedia } from "./state/media.js";
import { currentNamespace, facts, tokenOf, tokens } from "./state/session.js";
import { useValue } from "./state/value.js";
import { viewsFor } from "./views/registry.js";

export function App() {
  useValue(tokens);
  const { params } = useValue(address);
  const known = useValue(facts);
  const started = useLoad(askServer, []);
  if (started.error !== undefined) {
    return html`
      <main>
        <${Problem} error=${started.error} onRetry=${started.reload} />
      </main>
    `;
  }
  if (known === null) {
    return html`
      <${Away} />
      <p class="loading">Loading…</p>
    `;
  }
  const namespace = currentNamespace();
  if (tokenOf(namespace) === undefined) {
    return html`
      <${Away} />
      <${Open} namespace=${params.ns} />
    `;
  }
  return html`
    <${Shell} key=${namespace} namespace=${namespace} />
    <${Refused} key=${`${namespace} refused`} namespace=${namespace} />
  `;
}

/** @param {{namespace: string}} props */
function Shell({ namespace }) {
  const { view: name, params } = useValue(address);
  const known = /** @type {import("./state/session.js").ServerFacts} */ (useValue(facts));
  const [isHelpShown, setHelpShown] = useState(false);
  const zone = useZone();
  const isOver = useDrop();
  const isNarrow = useMedia("(max-width: 56rem)");
  const isCovered = isNarrow && params.event !== undefined;
  const header = useHeight("--top");
  const views = viewsFor(known, namespace);
  const view = views.find((one) => one.name === name);
  useEffect(() => {
    document.title = `${view?.title ?? "Not found"} · ${namespace} · EventoDB`;
  }, [view, namespace]);
  // From the events of a stream to its trace.
  const along = (/** @type {import("./views/registry.js").View} */ { name }) =>
    name === "trace" ? { stream: params.stream } : {};
  useKeys([
    ...views.map((one) => ({ key: one.key, text: one.title, run: () => go(one.name, along(one)) })),
    { key: "?", text: "Show the keys", run: () => setHelpShown(true) },
  ], [namespace, params.stream]);
  return html`
    <a class="skip" href="#main" onClick=${skip} inert=${isCovered}>Skip to the content</a>
    <header class="top" ref=${header} inert=${isCovered}>
      <a class="brand" href=${linkTo("overview")}>EventoDB</a>
      <${NamespaceMenu} namespace=${namespace} />
      <${Box} hasTrace=${views.some((one) => one.name === "trace")} />
      <nav aria-label="Views">
        ${views.map((one) =>
          html`
            <a key=${one.name} href=${linkTo(one.name, along(one))}
              aria-current=${one === view ? "page" : undefined}>${one.title}</a>
          `
        )}
      </nav>
      <div class="tools">
        <button type="button" class="quiet" title="Time zone of the times shown"
          onClick=${() => adjust({ zone: zone === "utc" ? null : "utc" }, { replace: true })}>
        ${zone === "utc" ? "UTC" : "Local time"}
      </button>
        <button type="button" class="quiet" aria-label="Keys" title="Keys (?)"
          onClick=${() => setHelpShown(true)}>?</button>
      </div>
    </header>
    <${Away} />
    <div class="beside">
      <main id="main" tabindex="-1" class=${isOver ? "is-over" : ""} inert=${isCovered}>
        ${view === undefined
          ? html`<p class="empty">There is no view ${JSON.stringify(name)} here.</p>`
          : html`<${view.component} params=${params} />`}
      </main>
      ${params.event && html`<${EventPanel} text=${params.event} isAlone=${isCovered} />`}
    </div>
    ${isHelpShown && html`<${KeyHelp} onClose=${() => setHelpShown(false)} />`}
    <${Announcements} />
  `;
}

/**
 * Tells styles how high an element is.
 *
 * @param {string} property
 * @returns {import("preact").RefObject<HTMLElement | null>}
 */
function useHeight(property) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => {
      document.documentElement.style.setProperty(property, `${element.offsetHeight}px`);
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return ref;
}

/** The fragment is the address: the link moves the focus itself. @param {MouseEvent} event */
function skip(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function Announcements() {
  return html`<p class="hidden" role="status" aria-live="polite">${useValue(announcement)}</p>`;
}
