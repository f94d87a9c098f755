/**
 * `deno task bench`: what users wait for, each beside the raw engine on the same data in one run.
 *
 *     deno task bench [--events 200000] [--runs 3] [--only NAME,NAME] [--json FILE]
 *       [--save] [--dir FOLDER] [--seed 1] [--seconds 3]
 *
 * @module
 */

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Bench, Figure, Measure } from "./bench.ts";
import { Histories } from "./histories.ts";
import { describeMachine, type Machine } from "./machine.ts";
import { measures } from "./measures.ts";
import { machineText, table } from "./report.ts";

/** What `--json` and `--save` write. */
export interface Report {
  /** When it began. */
  at: string;
  /** The arguments. */
  args: readonly string[];
  /** What it ran on. */
  machine: Machine;
  /** The figures, by measure. */
  figures: Record<string, Figure[]>;
  /** What could not be measured, and why, by measure. */
  failures: Record<string, string>;
}

/** How it was asked to measure. */
interface Options {
  events: number;
  runs: number;
  seed: number;
  loadSeconds: number;
  json?: string;
  dir?: string;
  chosen: readonly Measure[];
}

/**
 * Measures.
 *
 * @param args The arguments of the program.
 * @param say Where the lines go.
 * @returns The report.
 */
export async function main(
  args: readonly string[],
  say: (text: string) => void = console.log,
): Promise<Report> {
  const options = readOptions(args);
  const { events, runs, seed, loadSeconds, chosen } = options;
  const folder = await Deno.makeTempDir({ prefix: "eventodb-bench-", dir: options.dir });
  try {
    const machine = await describeMachine(folder);
    const report: Report = {
      at: new Date().toISOString(),
      args,
      machine,
      figures: {},
      failures: {},
    };
    say(`${machineText(machine)}\n${count(events)} events, medians of ${runs}, seed ${seed}`);
    const histories = new Histories(folder, seed);
    const bench: Bench = { events, runs, loadSeconds, folder, histories };
    for (const measure of chosen) {
      say(`\n${measure.name}: ${measure.title}`);
      try {
        const figures = await measure.run(bench);
        report.figures[measure.name] = figures;
        say(`\n${table(figures)}`);
        for (const { what, note } of figures) if (note !== undefined) say(`${what}: ${note}`);
      } catch (error) {
        // The others are worth having all the same.
        const reason = error instanceof Error ? error.message : String(error);
        report.failures[measure.name] = reason;
        say(`could not be measured: ${reason}`);
      }
      // Each time again: what was measured is not to be lost when the rest is interrupted.
      if (options.json !== undefined) {
        await Deno.mkdir(dirname(options.json), { recursive: true });
        await Deno.writeTextFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
      }
    }
    return report;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function readOptions(args: readonly string[]): Options {
  const { values: given } = parseArgs({
    args: [...args],
    options: {
      events: { type: "string", default: "200000" },
      runs: { type: "string", default: "3" },
      seed: { type: "string", default: "1" },
      seconds: { type: "string", default: "3" },
      only: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
      save: { type: "boolean", default: false },
      dir: { type: "string" },
    },
  });
  if (given.save && given.json !== undefined) {
    throw new Error("--save and --json exclude each other");
  }
  const number = (name: "events" | "runs" | "seed" | "seconds") => {
    const value = Number(given[name]);
    if (value > 0) return value;
    throw new Error(`--${name} must be a number above 0, got "${given[name]}"`);
  };
  const only = given.only.flatMap((names) => names.split(","));
  for (const name of only) {
    if (measures.some((measure) => measure.name === name)) continue;
    const names = measures.map((measure) => measure.name).join(", ");
    throw new Error(`There is no measure "${name}", only ${names}`);
  }
  return {
    events: number("events"),
    runs: number("runs"),
    seed: number("seed"),
    loadSeconds: number("seconds"),
    json: given.save ? savedName(new Date()) : given.json,
    dir: given.dir,
    chosen: only.length === 0 ? measures : measures.filter(({ name }) => only.includes(name)),
  };
}

// The docs quote from these files, so each run keeps its own name.
function savedName(at: Date): string {
  const name = at.toISOString().slice(0, 16).replace(":", "");
  return fileURLToPath(new URL(`results/${name}.json`, import.meta.url));
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

if (import.meta.main) {
  const { failures } = await main(Deno.args);
  if (Object.keys(failures).length > 0) Deno.exit(1);
}
