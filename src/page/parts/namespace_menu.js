// @ts-check
/**
 * The namespace that is shown, and the way to another one.
 *
 * @module
 */

import { useState } from "preact/hooks";
import { html } from "../html.js";
import { useKeys } from "../state/keys.js";
import { facts } from "../state/session.js";
import { useValue } from "../state/value.js";
import { Dialog } from "./dialog.js";
import { OpenNamespaces } from "./open_namespaces.js";
import { opened, TokenForm } from "./token_form.js";

/** @param {{namespace: string}} props */
export function NamespaceMenu({ namespace }) {
  const [isShown, setShown] = useState(false);
  const isTestMode = useValue(facts)?.isTestMode;
  const close = () => setShown(false);
  useKeys([{ key: "m", text: "Other namespaces", run: () => setShown(true) }], []);
  return html`
    <button type="button" class="namespace" title="Other namespaces (m)" aria-haspopup="dialog"
      onClick=${() => setShown(true)}>
      <span class="hidden">Namespace </span><bdi>${namespace}</bdi><span aria-hidden="true"> ▾</span>
    </button>
    ${isShown && html`
      <${Dialog} title="Namespaces" onClose=${close}>
        <${OpenNamespaces} onChosen=${close} />
        ${!isTestMode && html`
          <h3>Open another</h3>
          <${TokenForm} isFocused=${false} onOpened=${opened(namespace, close)} />
        `}
      <//>
    `}
  `;
}
