// @ts-check
/// <reference lib="dom" />
/**
 * Whether all is well: with the namespace, or with a file and the namespace.
 *
 * @module
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { isAbort } from "../../api/problem.js";
import { verify } from "../../api/verify.js";
import { html } from "../../html.js";
import { bytesText, counted, countText } from "../../text/numbers.js";
import { Problem } from "../problem.js";

/** @typedef {import("../../api/verify.js").Verification} Verification */

/** @param {{namespace: string}} props */
export function VerifyNamespace({ namespace }) {
  return html`
    <section aria-labelledby="verify-title">
      <h2 id="verify-title">Verify</h2>
      <div class="card">
        <p>Reads every event of <q>${namespace}</q>: positions ascend, nothing is there twice, and counts and listings
            are those of the events.</p>
        <${Verify} given=${null} label="Verify the namespace" />
      </div>
    </section>
  `;
}

/**
 * @param {{given: {file: Blob, isGzip: boolean} | null, label: string, isPrimary?: boolean, onRunning?: (isRunning:
 * boolean) => void}} props
 */
export function Verify({ given, label, onRunning }) {
  const [progress, setProgress] = useState(/** @type {string | null} */ (null));
  const [found, setFound] = useState(/** @type {Verification | null} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const running = useRef(/** @type {AbortController | null} */ (null));
  useEffect(() => () => running.current?.abort(), []);
  const start = async () => {
    const ending = running.current = new AbortController();
    setFound(null);
    setProblem(null);
    setProgress("");
    onRunning?.(true);
    try {
      const { signal } = ending;
      setFound(
        await verify(given, {
          signal,
          onProgress: ({ sentBytes, events, compared }) =>
            setProgress(
              compared !== undefined
                ? `${counted(compared, "event")} compared`
                : events !== undefined
                ? `${counted(events, "event")} verified`
                : `${bytesText(sentBytes ?? 0)} sent`,
            ),
        }),
      );
    } catch (error) {
      if (!isAbort(error)) setProblem(error);
    } finally {
      running.current = null;
      setProgress(null);
      onRunning?.(false);
    }
  };
  return html`${
    progress === null
      ? html`<div class="actions"><button type="button" onClick=${start}>${label}</button></div>`
      : html`
        <div class="running">
          <progress aria-label="Verifying"></progress>
          <p>${progress}</p>
          <button type="button" onClick=${() => running.current?.abort()}>Cancel</button>
        </div>
      `
  }
    ${problem !== null && html`<${Problem} error=${problem} />`}
    ${found !== null && html`<${Found} found=${found} />`}`;
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
