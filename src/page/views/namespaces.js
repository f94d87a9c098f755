// @ts-check
/// <reference lib="dom" />
/**
 * The namespaces of the server, for its administrator.
 *
 * @module
 */

import { useState } from "preact/hooks";
import { messageOf } from "../api/problem.js";
import { read, rpc } from "../api/server.js";
import { html } from "../html.js";
import { Dialog } from "../parts/dialog.js";
import { Problem } from "../parts/problem.js";
import { Time } from "../parts/time.js";
import { linkTo } from "../state/address.js";
import { announce } from "../state/announce.js";
import { useLoad } from "../state/load.js";
import { currentNamespace, defaultNamespace, forgetToken, keepToken } from "../state/session.js";
import { counted, countText } from "../text/numbers.js";

/**
 * @typedef {{namespace: string, description: string, createdAt: string, messageCount: number}} Listed
 */

/** Of how many namespaces the last activity is asked for. */
const detailsMax = 200;

export function Namespaces() {
  const [dialog, setDialog] = useState(
    /** @type {{kind: "make"} | {kind: "delete", listed: Listed} | null} */ (null),
  );
  const { value, error, isLoading, reload } = useLoad(async (signal) => {
    const list = /** @type {Listed[]} */ (await read("ns.list", [], { signal }));
    return await Promise.all(list.map(async (listed, index) => {
      if (index >= detailsMax) return { ...listed, lastActivity: null };
      // Deleted since the list was made: it stays in it without details.
      const info = await read("ns.info", [listed.namespace], { signal }).catch(() => null);
      return { ...listed, lastActivity: /** @type {string | null} */ (info?.lastActivity ?? null) };
    }));
  }, []);
  const close = () => {
    setDialog(null);
    reload();
  };
  if (error !== undefined) return html`<${Problem} error=${error} onRetry=${reload} />`;
  if (value === undefined) return html`<p class="loading">Loading…</p>`;
  return html`<section class="overview">
    <div class="title">
      <h1 id="namespaces-title">Namespaces</h1>
      <button type="button" disabled=${isLoading} onClick=${reload}>Refresh</button>
      <button type="button" class="primary" onClick=${() =>
    setDialog({ kind: "make" })}>New namespace</button>
    </div>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="namespaces-title">
      <table class="categories">
        <thead><tr><th scope="col">Namespace</th><th scope="col" class="number">Events</th>
          <th scope="col">Last event</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
        <tbody>${
    value.map((listed) =>
      html`
        <tr key=${listed.namespace}>
          <th scope="row">
                      <a href=${linkTo("overview", { ns: listed.namespace })}><bdi>${listed
                        .namespace}</bdi></a>
                      ${listed.namespace === currentNamespace() && html`
                        <span class="note here">open here</span>
                      `}
                      ${listed.description &&
                        html`<div class="note"><bdi>${listed.description}</bdi></div>`}
                    </th>
          <td class="number">${countText(listed.messageCount)}</td>
          <td>${listed.lastActivity && html`<${Time} time=${listed.lastActivity} />`}</td>
          <td>${listed.namespace !== defaultNamespace &&
            html`
              <button type="button" class="quiet danger" aria-label=${`Delete ${listed.namespace}`}
                onClick=${() => setDialog({ kind: "delete", listed })}>Delete…</button>
            `}</td>
        </tr>
      `
    )
  }</tbody>
      </table>
    </div>
    ${dialog?.kind === "make" && html`<${Make} onClose=${close} />`}
    ${dialog?.kind === "delete" && html`<${Delete} listed=${dialog.listed} onClose=${close} />`}
  </section>`;
}

/** @param {{onClose: () => void}} props */
function Make({ onClose }) {
  const [problem, setProblem] = useState("");
  const [made, setMade] = useState(/** @type {{namespace: string, token: string} | null} */ (null));
  /** @param {SubmitEvent & {currentTarget: HTMLFormElement}} event */
  const submit = async (event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [name, description] = [String(form.get("name")), String(form.get("description"))];
    try {
      const result = await rpc("ns.create", [name, { description }]);
      keepToken(result.namespace, result.token);
      setMade(result);
      announce(`The namespace ${name} is made`);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  if (made !== null) {
    return html`
      <${Dialog} title="A new namespace" onClose=${onClose}>
        <p>This is the token of <q>${made
          .namespace}</q>, which is shown only now. The server does not keep it; this
              tab does while it is open.</p>
        <pre class="command" tabindex="0"><code>${made.token}</code></pre>
        <p class="actions"><a href=${linkTo("overview", { ns: made.namespace })}>Open it</a></p>
        <//>
    `;
  }
  return html`
    <${Dialog} title="New namespace" onClose=${onClose}>
      <form onSubmit=${submit}>
        <div class="fields">
          <label>Name <input name="name" required autofocus autocomplete="off" spellcheck=${false} /></label>
          <label>Description <input name="description" autocomplete="off" /></label>
        </div>
        <p class="field-problem" role="alert">${problem}</p>
        <button type="submit" class="primary">Make it</button>
      </form>
      <//>
  `;
}

/** @param {{listed: Listed, onClose: () => void}} props */
function Delete({ listed: { namespace, messageCount }, onClose }) {
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState("");
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    try {
      const { messagesDeleted } = await rpc("ns.delete", [namespace]);
      forgetToken(namespace);
      announce(`${namespace} is deleted, with ${counted(messagesDeleted, "event")}`);
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  return html`
    <${Dialog} title="Delete a namespace" onClose=${onClose}>
      <form onSubmit=${submit}>
        <p><strong><bdi>${namespace}</bdi></strong> and its ${counted(
          messageCount,
          "event",
        )} will be gone for good.</p>
        <div class="fields">
          <label>Type its name
              <input value=${typed} autofocus autocomplete="off" spellcheck=${false}
                onInput=${(/** @type {Event & {currentTarget: HTMLInputElement}} */ event) =>
                  setTyped(event.currentTarget.value)} />
            </label>
        </div>
        <p class="field-problem" role="alert">${problem}</p>
        <button type="submit" class="danger" disabled=${typed !== namespace}>Delete it</button>
      </form>
      <//>
  `;
}
