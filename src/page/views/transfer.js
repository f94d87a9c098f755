// @ts-check
/**
 * In and out: files of events, and whether all is well.
 *
 * @module
 */

import { read } from "../api/server.js";
import { html } from "../html.js";
import { Export } from "../parts/transfer/export.js";
import { Import } from "../parts/transfer/import.js";
import { VerifyNamespace } from "../parts/transfer/verify.js";
import { useLoad } from "../state/load.js";
import { currentNamespace, facts } from "../state/session.js";

/** @param {{params: Readonly<Record<string, string>>}} props */
export function Transfer({ params }) {
  const namespace = currentNamespace();
  const { value, reload } = useLoad(
    async (
      signal,
    ) => /** @type {{messageCount: number}} */ (await read("ns.info", [namespace], { signal })),
    [namespace],
  );
  return html`
    <div class="transfer">
      <h1 class="hidden">In and out</h1>
      <div>
        <${Import} namespace=${namespace} messageCount=${value?.messageCount ??
          0} onImported=${reload} />
        ${facts.current?.features.includes("verify") &&
          html`<${VerifyNamespace} namespace=${namespace} />`}
      </div>
      <${Export} namespace=${namespace} params=${params} />
    </div>
  `;
}
