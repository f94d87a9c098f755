// @ts-check
/// <reference lib="dom" />
/**
 * Whether all is well: with the namespace, or with a file and the namespace.
 *
 * @module
 */

import { verify } from "../../api/verify.js";
import { html } from "../../html.js";
import { useRun } from "../../state/run.js";
import { bytesText, counted, countText } from "../../text/numbers.js";
import { Problem } from "../problem.js";
import { Running } from "../running.js";

/** @typedef {import("../../api/verify.js").Verification} Verification */

/** @param {{namespace: string}} props */
export function VerifyNamespace({ namespace }) {
  return html`
    <section aria-labelledby="verify-title">
      <h2 id="verify-title">Verify</h2>
      <div class="card">
        <p>Reads every event of <q>${namespace}</q> and checks positions, duplicates, counts and listings.</p>
        <${Verify} given=${null} label="Verify the namespace" />
      </div>
    </section>
  `;
}

/** @param {{given: {file: Blob, isGzip: boolean} | null, label: string}} props */
export function Verify({ given, label }) {
  const { progress, result, error, start, cancel } = useRun(
    "",
    (signal, onProgress) =>
      verify(given, {
        signal,
        onProgress: ({ sentBytes, events, compared }) =>
          onProgress(
            compared !== undefined
              ? `${counted(compared, "event")} compared`
              : events !== undefined
              ? `${counted(events, "event")} verified`
              : `${bytesText(sentBytes ?? 0)} sent`,
          ),
      }),
  );
  return html`${
    progress === null
      ? html`<div class="actions"><button type="button" onClick=${start}>${label}</button></div>`
      : html`<${Running} label="Verifying" onCancel=${cancel}>${progress}<//>`
  }
    ${error !== null && html`<${Problem} error=${error} />`}
    ${result && html`<${Found} found=${result} />`}`;
}

/** @param {{found: Verification}} props */
function Found({ found }) {
  const { ok, events, streams, categories, first, last, gaps, counts, problems } = found;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return html`<div class="found" role="status">
    <p class=${ok ? "good" : "warn"}><strong>${
    ok ? "Nothing is wrong" : counted(total, "problem")
  }</strong></p>
    <p>${counted(events, "event")}, ${counted(streams, "stream")} in${" "}
      ${counted(categories, "category", "categories")}${
    first === null ? "" : `, positions ${countText(first)} to ${countText(last ?? first)}`
  }${gaps > 0 ? ` with ${counted(gaps, "gap")}, which is normal` : ""}</p>
    ${
    !ok && html`<ol class="problems" tabindex="0" aria-label="Problems">
      ${
      problems.map(({ kind, message, line }, index) =>
        html`<li key=${index}>${
          line !== undefined && html`<strong>Line ${countText(line)}: </strong>`
        }
          <bdi>${message}</bdi><span class="note"> ${kind}</span></li>`
      )
    }
    </ol>`
  }
    ${
    total > problems.length &&
    html`<p class="note">The first ${countText(problems.length)} are shown.</p>`
  }
  </div>`;
}
