// @ts-check
/// <reference lib="dom" />
/**
 * Says that the server does not respond, and that it has another page now.
 *
 * @module
 */

import { useEffect, useState } from "preact/hooks";
import { isOutdated } from "../api/facts.js";
import { awaySince, request, tryNow, untilBack } from "../api/server.js";
import { html } from "../html.js";
import { useValue } from "../state/value.js";
import { durationText } from "../text/time.js";

export function Away() {
  const since = useValue(awaySince);
  const isOther = useValue(isOutdated);
  return html`
    ${since !== null && html`<${AwaySince} key=${since} since=${since} />`}
    ${isOther && html`<p class="away" role="status">
      The server has another version of this page now.
      <button type="button" onClick=${() => location.reload()}>Load the page again</button>
    </p>`}
  `;
}

/** @param {{since: number}} props */
function AwaySince({ since }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    const ending = new AbortController();
    // What failed need not be something that is tried again.
    untilBack(() => request("health", { signal: ending.signal, token: null }), ending.signal)
      .catch(() => {});
    addEventListener("online", tryNow);
    return () => {
      clearInterval(timer);
      ending.abort();
      removeEventListener("online", tryNow);
    };
  }, []);
  // The count is not part of what is announced.
  return html`
    <div class="away">
      <span role="alert">The server does not respond. Trying again…</span>
      <span class="number" aria-hidden="true">${durationText(now - since)}</span>
      <button type="button" onClick=${tryNow}>Try now</button>
    </div>
  `;
}
