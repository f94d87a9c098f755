// @ts-check
/**
 * Over what is shown, when the server no longer takes the namespace's token: what is below waits for another one,
 * and goes on.
 *
 * @module
 */

import { html } from "../html.js";
import { go } from "../state/address.js";
import { forgetToken, refusals, takeBack } from "../state/session.js";
import { useValue } from "../state/value.js";
import { Dialog } from "./dialog.js";
import { OpenNamespaces } from "./open_namespaces.js";
import { opened, TokenForm } from "./token_form.js";

/** @param {{namespace: string}} props */
export function Refused({ namespace }) {
  const refusal = useValue(refusals)[namespace];
  if (refusal === undefined) return null;
  const isGone = refusal.code === "NAMESPACE_NOT_FOUND";
  const leave = () => {
    forgetToken(namespace);
    go("overview", { ns: null });
  };
  return isGone
    ? html`
      <${Dialog} title="There is no such namespace" onClose=${leave}>
        <p>The namespace <q><bdi>${namespace}</bdi></q> was deleted, or the server started without its data.</p>
        <p><button type="button" onClick=${() => takeBack(namespace)}>Look again</button></p>
        <${OpenNamespaces} />
        <//>
    `
    : html`
      <${Dialog} title="The token is no longer valid" onClose=${leave}>
        <p>The namespace <q><bdi>${namespace}</bdi></q> has another token now, or was deleted. With the new token
          everything goes on where it was.</p>
        <${TokenForm} namespace=${namespace} onOpened=${opened(namespace)} />
        <//>
    `;
}
