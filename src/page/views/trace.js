// @ts-check
/// <reference lib="dom" />
/**
 * The trace: what happened across the streams that are related, and why.
 *
 * @module
 */

import { useMemo, useState } from "preact/hooks";
import { readRelated } from "../api/related.js";
import { html } from "../html.js";
import { Problem } from "../parts/problem.js";
import { Chart } from "../parts/trace/chart.js";
import { traceOf } from "../parts/trace/model.js";
import { Options } from "../parts/trace/options.js";
import { selectionOf } from "../parts/transfer/selection.js";
import { linkTo } from "../state/address.js";
import { announce } from "../state/announce.js";
import { useLoad } from "../state/load.js";
import { currentNamespace } from "../state/session.js";
import { counted, countText } from "../text/numbers.js";

/** @param {{params: Readonly<Record<string, string>>}} props */
export function Trace({ params }) {
  return html`<section class="trace" aria-labelledby="trace-title">
    <h1 id="trace-title" class="hidden">Trace</h1>
    <${Options} params=${params} />
    ${
    params.stream === undefined
      ? html`<p class="empty">Name a stream: what is linked to it, by causes and correlation, is shown
          as lanes, one a stream, with what led to what.</p>`
      : html`<${Found} params=${params} />`
  }
  </section>`;
}

/** @param {{params: Readonly<Record<string, string>>}} props */
function Found({ params }) {
  const { stream = "", direction, depth, stopAt, excludeCategory, link, eventsMax } = params;
  const given = Number(params.from) || undefined;
  /** As the view of exports has it in its address. @type {Readonly<Record<string, any>>} */
  const asked = { relatedTo: stream, direction, depth, stopAt, excludeCategory, link };
  const [progress, setProgress] = useState("");
  const { value, error, isLoading, reload } = useLoad(async (signal) => {
    setProgress("Following links…");
    const selection = selectionOf(asked);
    if (eventsMax !== undefined) selection.eventsMax = Number(eventsMax);
    const found = await readRelated(selection, {
      from: given,
      around: Number(params.event) || undefined,
      signal,
      onProgress: (events, count) =>
        signal.aborted ||
        setProgress(`Reading events: ${countText(events)} of ${countText(count)}`),
    });
    announce(`${counted(found.count, "event")} in ${counted(found.streamCount, "stream")}`);
    return found;
  }, [currentNamespace(), JSON.stringify(asked), eventsMax, given]);
  const trace = useMemo(() => value && traceOf(value.events), [value]);
  if (isLoading) {
    return html`<p class="empty">${progress}
      <a href=${linkTo("trace", { ...params, stream: null })}>Cancel</a></p>`;
  }
  if (error !== undefined) return html`<${Problem} error=${error} onRetry=${reload} />`;
  if (value === undefined || trace === undefined) return null;
  const { from, events, count, streamCount, isCut } = value;
  /** @param {number} from @param {string} text */
  const more = (from, text) => html`<a href=${linkTo("trace", { ...params, from })}>${text}</a>`;
  return html`
    <${Chart} trace=${trace} params=${params}>
      <p><b>${counted(count, "event")}</b> in ${counted(streamCount, "stream")}</p>
      <a href=${linkTo("transfer", asked)}>Export these events</a>
      ${(isCut || from > 1) && html`<p class="trace-note" role="note">
        Shown: ${counted(events.length, "event")} from position ${
        countText(events[0]?.globalPosition ?? from)
      } on.
        ${isCut && more((events.at(-1)?.globalPosition ?? 0) + 1, "Show the next ones")}
        ${from > 1 && more(1, "Show the first ones")}
        ${isCut && " The options narrow the trace."}
      </p>`}
    <//>
  `;
}
