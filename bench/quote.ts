/**
 * Quotes kept runs in docs/performance.md:
 *
 *     deno run --allow-read --allow-write bench/quote.ts 2026-11-30T1517
 *
 * A table that follows `<!-- bench NAME -->` or `<!-- bench NAME --events 5000000 -->` is made from each
 * run given that has this measure at this size, and the comment then names the run.
 *
 * @module
 */

import type { Report } from "./main.ts";
import { table } from "./report.ts";

/** Where runs are kept, and what quotes them. */
const results = new URL("results/", import.meta.url);
const document = new URL("../docs/performance.md", import.meta.url);

/** A table of a document that shows a measure. */
export interface QuotedTable {
  /** The measure. */
  measure: string;
  /** How many events it was measured with. */
  events: number;
  /** The kept run, as its file is called; `undefined` where it has not been measured by a run that was kept. */
  run: string | undefined;
  /** The lines of the table. */
  table: string;
}

const eventsDefault = 200_000;
const marked = /<!-- bench ([\w-]+)(?: --events (\d+))?(?: (\S+))? -->\n\n((?:\|.*\|\n)+)/g;

/**
 * Finds the tables that show measures.
 *
 * @param text Markdown.
 */
export function quotedTables(text: string): QuotedTable[] {
  return [...text.matchAll(marked)].map(([, measure, events, run, table]) => ({
    measure: measure!,
    events: Number(events ?? eventsDefault),
    run,
    table: table!,
  }));
}

/**
 * Puts the figures of a run into the tables for what it has measured.
 *
 * @param text Markdown.
 * @param run The run, as its file is called.
 * @param report What is in the file.
 * @returns The text with those tables, and what it has no table for.
 */
export function quote(
  text: string,
  run: string,
  report: Report,
): { text: string; unquoted: string[] } {
  const measured = eventsOf(report);
  const quoted = new Set<string>();
  const changed = text.replace(marked, (all, measure: string, events: string | undefined) => {
    const figures = report.figures[measure];
    if (figures === undefined || Number(events ?? eventsDefault) !== measured) return all;
    quoted.add(measure);
    const size = events === undefined ? "" : ` --events ${events}`;
    return `<!-- bench ${measure}${size} ${run} -->\n\n${table(figures)}\n`;
  });
  const unquoted = Object.keys(report.figures).filter((measure) => !quoted.has(measure));
  return { text: changed, unquoted };
}

/** How many events a run had. */
export function eventsOf({ args }: Pick<Report, "args">): number {
  const given = args.findLast((arg, i) =>
    args[i - 1] === "--events" || arg.startsWith("--events=")
  );
  return given === undefined ? eventsDefault : Number(given.replace("--events=", ""));
}

/**
 * Reads a kept run.
 *
 * @param run As its file is called, without `.json`.
 */
export function keptRun(run: string): Report {
  return JSON.parse(Deno.readTextFileSync(new URL(`${run}.json`, results)));
}

if (import.meta.main) {
  if (Deno.args.length === 0) {
    throw new Error("Give runs of bench/results, such as 2026-11-30T1517");
  }
  let text = Deno.readTextFileSync(document);
  for (const run of Deno.args) {
    const report = keptRun(run);
    const quoted = quote(text, run, report);
    text = quoted.text;
    for (const measure of quoted.unquoted) console.error(`${run}: no table for ${measure}`);
    for (const { what, note } of Object.values(report.figures).flat()) {
      if (note !== undefined) console.log(`${run}: ${what}: ${note}`);
    }
  }
  Deno.writeTextFileSync(document, text);
  for (const { measure, events, run } of quotedTables(text)) {
    if (run === undefined) console.error(`no kept run: ${measure} --events ${events}`);
  }
}
