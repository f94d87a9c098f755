// @ts-check
/// <reference lib="dom" />
/**
 * Asks for a token, and whether the server takes it.
 *
 * @module
 */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { messageOf } from "../api/problem.js";
import { rpc } from "../api/server.js";
import { html } from "../html.js";
import { adjust, go } from "../state/address.js";
import { keepToken } from "../state/session.js";
import { namespaceIn, tokenIn } from "../text/token.js";

/**
 * What to do once a namespace is open: stay where the address is, if that is what it names.
 *
 * @param {string | undefined} wanted
 * @param {() => void} [then]
 * @returns {(namespace: string) => void}
 */
export function opened(wanted, then) {
  return (namespace) => {
    if (wanted === undefined || namespace === wanted) adjust({ ns: namespace }, { replace: true });
    else go("overview", { ns: namespace });
    then?.();
  };
}

/**
 * @param {{namespace?: string, onOpened: (namespace: string) => void, isFocused?: boolean}} props `namespace`: the
 * one that is wanted.
 */
export function TokenForm({ namespace, onOpened, isFocused = true }) {
  const [problem, setProblem] = useState("");
  const [other, setOther] = useState(/** @type {[string, string] | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const id = useId();
  useEffect(() => {
    if (isFocused) field.current?.focus();
  }, []);
  /** @param {string} opened @param {string} token */
  const open = async (opened, token) => {
    setBusy(true);
    try {
      await rpc("ns.info", [opened], { token });
      keepToken(opened, token);
      onOpened(opened);
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    setOther(null);
    const token = tokenIn(field.current?.value ?? "");
    const opened = namespaceIn(token);
    if (token === undefined || opened === null) {
      setProblem("This is not a token: one begins with ns_ and ends with 64 hex digits");
    } else if (namespace !== undefined && opened !== namespace) {
      setOther([opened, token]);
      setProblem(`This token is of the namespace ${JSON.stringify(opened)}`);
    } else void open(opened, token);
  };
  return html`
    <form class="token" onSubmit=${submit}>
      <label for=${id}>Token</label>
      <input ref=${field} id=${id} type="password" autocomplete="off" spellcheck=${false}
        placeholder="ns_…" required aria-describedby="${id}-problem" />
      <p id="${id}-problem" class="field-problem" role="alert">${problem}</p>
      <button type="submit" class="primary" disabled=${isBusy}>Open</button>
      ${other && html`<button type="button" disabled=${isBusy} onClick=${() => open(...other)}>
        Open <bdi>${other[0]}</bdi> instead
      </button>`}
    </form>
  `;
}
