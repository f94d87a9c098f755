// @ts-check
/// <reference lib="dom" />
/**
 * A file goes in: all of it, or nothing.
 *
 * @module
 */

import { useEffect, useState } from "preact/hooks";
import { importFile } from "../../api/import.js";
import { isAbort, ServerError } from "../../api/problem.js";
import { html } from "../../html.js";
import { linkTo } from "../../state/address.js";
import { dropped, dropProblem, takeFiles } from "../../state/dropped.js";
import { useRun } from "../../state/run.js";
import { facts } from "../../state/session.js";
import { useValue } from "../../state/value.js";
import { linesAround } from "../../text/file_lines.js";
import { bytesText, counted, countText } from "../../text/numbers.js";
import { Problem } from "../problem.js";
import { Running } from "../running.js";
import { Verify } from "./verify.js";

/**
 * @typedef {"add" | "skip" | "replace"} Mode
 * @typedef {{lines: {number: number, text: string}[], number: number}} Place Where a file is wrong.
 */

/** @type {readonly [Mode, string, string][]} */
const modes = [
  ["add", "Add", "An event that is there already is an error"],
  ["skip", "Add, skip what is there", "An event that is there but differs is an error"],
  ["replace", "Replace", "All events of the namespace are deleted in the same transaction"],
];

/**
 * @param {{namespace: string, messageCount: number, onImported: () => void}} props
 */
export function Import({ namespace, messageCount, onImported }) {
  const chosen = useValue(dropped);
  const refused = useValue(dropProblem);
  return html`<section aria-labelledby="import-title">
    <h2 id="import-title">Import a file</h2>
    <label class="drop">
      <input type="file" class="hidden" accept=".ndjson,.jsonl,.gz"
        onChange=${(/** @type {Event & {currentTarget: HTMLInputElement}} */ event) => {
    void takeFiles([...event.currentTarget.files ?? []]);
    event.currentTarget.value = "";
  }} />
      <span><strong>Choose a file</strong> or drop one anywhere on the page</span>
      <span class="note">Events as <code>eventodb export</code> writes them, compressed by gzip or not</span>
    </label>
    ${refused && html`<${Problem} error=${refused} />`}
    ${
    chosen?.problem &&
    html`<${Problem} error=${`Cannot import ${
      JSON.stringify(chosen.file.name)
    }. It is ${chosen.problem}`} />`
  }
    ${
    chosen && !chosen.problem &&
    html`<${ImportFile} key=${chosen} ...${{ chosen, namespace, messageCount, onImported }} />`
  }
  </section>`;
}

/**
 * @param {{chosen: import("../../state/dropped.js").Dropped, namespace: string, messageCount: number,
 * onImported: () => void}} props
 */
function ImportFile({ chosen: { file, isGzip }, namespace, messageCount, onImported }) {
  const [mode, setMode] = useState(/** @type {Mode} */ ("add"));
  const [isSure, setSure] = useState(false);
  const [place, setPlace] = useState(/** @type {Place | null} */ (null));
  const { progress, result, error, start, cancel } = useRun(
    { sentBytes: 0, totalBytes: file.size, imported: 0 },
    async (signal, onProgress) => {
      setPlace(null);
      try {
        return await importFile(file, { isGzip, mode, signal, onProgress });
      } catch (error) {
        if (isAbort(error)) throw new Error("The import was cancelled: nothing was imported");
        const number = error instanceof ServerError ? error.line : undefined;
        if (number !== undefined) {
          setPlace({ lines: await linesAround(file, isGzip, number).catch(() => []), number });
        }
        throw error;
      } finally {
        setSure(false);
        onImported();
      }
    },
  );
  useEffect(() => {
    if (progress === null) return;
    const warn = (/** @type {Event} */ event) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [progress === null]);
  const asks = mode === "replace" && messageCount > 0 && !isSure;
  return html`<div class="card">
    <p><strong class="mono">${file.name}</strong> <span class="note">${bytesText(file.size)}</span>
      into <q>${namespace}</q>, which has ${counted(messageCount, "event")}</p>
    <fieldset class="modes" disabled=${progress !== null}>
      <legend class="hidden">What to do with the events that are there</legend>
      ${
    modes.map(([value, title, note]) =>
      html`
        <label key=${value}>
          <input type="radio" name="mode" value=${value} checked=${mode === value}
            onChange=${() => (setMode(value), setSure(false))} />
          <span>${title} <span class="note">${note}</span></span>
        </label>
      `
    )
  }
    </fieldset>
    ${
    progress === null
      ? html`<div class="actions">
        ${
        asks
          ? html`<button type="button" class="danger" onClick=${() => setSure(true)}>
            Replace ${counted(messageCount, "event")}…
          </button>`
          : html`<button type="button" class=${isSure ? "danger" : "primary"} onClick=${start}>
            ${isSure ? `Yes, replace the events of "${namespace}"` : "Import"}
          </button>`
      }
        <button type="button" onClick=${() => dropped.set(null)}>Put away</button>
      </div>`
      : html`
        <${Running} label="Sent" max=${progress.totalBytes || 1} value=${progress.sentBytes}
          onCancel=${cancel}>
          ${bytesText(progress.sentBytes)} of ${bytesText(progress.totalBytes)} sent,${" "}
          ${counted(progress.imported, "event")} written${progress.sentBytes === progress.totalBytes
            ? ", committing when all are"
            : ""}
          <//>
      `
  }
    ${
    progress === null && facts.current?.features.includes("verify") &&
    html`<${Verify} given=${{ file, isGzip }} label="Compare with the namespace" />`
  }
    ${
    result &&
    html`<p class="good" role="status">${
      counted(result.imported, "event")
    } imported in ${result.elapsed}
        ${
      result.skipped ? `, ${countText(result.skipped)} skipped: they were there already` : ""
    }.${" "}
        <a href=${linkTo("events")}>Show the events</a></p>`
  }
    ${error !== null && html`<${Problem} error=${error} />`}
    ${place !== null && html`<${FileLines} ...${place} />`}
  </div>`;
}

/** @param {Place} props */
function FileLines({ lines, number }) {
  return html`
    <figure class="file-lines">
      <figcaption>Line ${countText(number)} of the file</figcaption>
      <ol tabindex="0">${lines.map((line) =>
        html`
          <li key=${line.number} value=${line.number} class=${line.number === number
            ? "wrong"
            : ""}>
            <code><bdi>${line.text}</bdi></code>
          </li>
        `
      )}</ol>
    </figure>
  `;
}
