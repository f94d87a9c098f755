// @ts-check
/**
 * What is shown while no token of the namespace is known.
 *
 * @module
 */

import { html } from "../html.js";
import { tokens } from "../state/session.js";
import { useValue } from "../state/value.js";
import { OpenNamespaces } from "./open_namespaces.js";
import { opened, TokenForm } from "./token_form.js";

/**
 * @param {{namespace: string | undefined}} props `namespace`: that of the address, whose token is wanted.
 */
export function Open({ namespace }) {
  const isAnyKnown = Object.keys(useValue(tokens)).length > 0;
  return html`
    <main class="open">
      <div>
        <p class="brand">EventoDB</p>
        <h1>Open ${namespace === undefined
          ? "a namespace"
          : html`<q><bdi>${namespace}</bdi></q>`}</h1>
        <p>Paste the token that <code>eventodb serve</code> or <code>ns create</code> has shown. It stays in this tab, and nowhere else.</p>
        <${TokenForm} key=${namespace} namespace=${namespace} onOpened=${opened(namespace)} />
        ${isAnyKnown && html`
          <h2>Open in this tab</h2>
          <${OpenNamespaces} />
        `}
      </div>
    </main>
  `;
}
