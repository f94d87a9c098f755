// @ts-check
/// <reference lib="dom" />
/**
 * Asks for a token.
 *
 * @module
 */

import { useState } from "preact/hooks";
import { isAbort, messageOf } from "../api/problem.js";
import { rpc } from "../api/server.js";
import { html } from "../html.js";
import { adjust } from "../state/address.js";
import { keepToken, namespaceIn } from "../state/session.js";

/**
 * @param {{namespace: string | undefined, reason?: string, onCancel?: () => void}} props `namespace`: that of the
 * address, whose token is wanted; `reason`: why the last one will not do.
 */
export function Open({ namespace, reason, onCancel }) {
  const [problem, setProblem] = useState(reason ?? "");
  const [isBusy, setBusy] = useState(false);
  /** @param {SubmitEvent & {currentTarget: HTMLFormElement}} event */
  const submit = async (event) => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get("token") ?? "").trim();
    const opened = namespaceIn(token);
    if (opened === null) {
      setProblem("This is no token: one begins with ns_ and ends with 64 hex digits");
      return;
    }
    setBusy(true);
    try {
      await rpc("ns.info", [opened], { token });
      keepToken(opened, token);
      adjust({ ns: opened }, { replace: true });
    } catch (error) {
      if (!isAbort(error)) setProblem(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  return html`
    <main class="open">
      <form onSubmit=${submit}>
          <h1>Open ${namespace === undefined ? "a namespace" : html`<q>${namespace}</q>`}</h1>
          <p>Paste the token of the namespace. It stays in this tab, and nowhere else.</p>
          <label for="token">Token</label>
          <input id="token" name="token" type="password" autocomplete="off" spellcheck=${false}
            placeholder="ns_…" required autofocus aria-describedby="token-problem" />
          <p id="token-problem" class="field-problem" role="alert">${problem}</p>
          <button type="submit" class="primary" disabled=${isBusy}>Open</button>
          ${onCancel && html`<button type="button" onClick=${onCancel}>Cancel</button>`}
        </form>
    </main>
  `;
}
