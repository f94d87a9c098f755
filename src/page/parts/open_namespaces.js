// @ts-check
/**
 * The namespaces that are open in this tab; in test mode, where nobody needs a token, all of them.
 *
 * @module
 */

import { read } from "../api/server.js";
import { html } from "../html.js";
import { linkTo } from "../state/address.js";
import {
  currentNamespace,
  defaultNamespace,
  facts,
  forgetToken,
  tokens,
} from "../state/session.js";
import { useLoad } from "../state/load.js";
import { useValue } from "../state/value.js";
import { Problem } from "./problem.js";

/** @param {{onChosen?: () => void}} props */
export function OpenNamespaces({ onChosen }) {
  const known = Object.keys(useValue(tokens));
  const isTestMode = useValue(facts)?.isTestMode ?? false;
  const current = currentNamespace();
  const { value, error, reload } = useLoad(async (signal) => {
    if (!isTestMode) return [];
    const listed = await read("ns.list", [], { signal, token: null });
    return listed.map((/** @type {{namespace: string}} */ { namespace }) => namespace);
  }, [isTestMode]);
  if (error !== undefined) return html`<${Problem} error=${error} onRetry=${reload} />`;
  const names = [...new Set([...isTestMode ? [defaultNamespace] : [], ...value ?? [], ...known])];
  return html`
    <ul class="open-namespaces">${names.map((name) =>
      html`
        <li key=${name}>
          <a href=${linkTo("overview", { ns: name })} onClick=${onChosen}
            aria-current=${name === current ? "true" : undefined}><bdi>${name}</bdi></a>
          ${known.includes(name) && html`
            <button type="button" class="quiet"
              onClick=${() =>
                forgetToken(name)}>Sign out<span class="hidden"> of ${name}</span></button>
          `}
        </li>
      `
    )}</ul>
  `;
}
