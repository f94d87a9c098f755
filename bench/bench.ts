/**
 * What every measure is given, and what it gives back.
 *
 * @module
 */

import type { Histories } from "./histories.ts";
import { settle } from "./processes.ts";

/** What a measure works with. */
export interface Bench {
  /** How many events. */
  readonly events: number;
  /** How often each contender runs; the median counts. */
  readonly runs: number;
  /** How long a load lasts, in seconds. */
  readonly loadSeconds: number;
  /** A folder on the disk that is measured. */
  readonly folder: string;
  /** Generated histories. */
  readonly histories: Histories;
}

/** Something that is measured. */
export interface Measure {
  /** What `--only` calls it. */
  readonly name: string;
  /** What it is about. */
  readonly title: string;
  /** Measures it. */
  run(bench: Bench): Promise<Figure[]>;
}

/** What a number counts. */
export type Unit = "events/s" | "requests/s" | "ms" | "MiB" | "pokes/s";

/** One line of the table. */
export interface Figure {
  /** What was measured. */
  what: string;
  /** The unit of `ours` and of what stands beside it. */
  unit: Unit;
  /** The median. */
  ours: number;
  /** Each run. */
  oursRuns?: number[];
  /** What the raw engine does with the same data, in the median; absent when there is nothing to compare with. */
  beside?: { what: string; value: number; runs?: number[] };
  /** Ours to what stands beside it. */
  ratio?: number;
  /** What is to be reached, and whether it is; `undefined` where this run cannot tell. */
  target?: { text: string; met: boolean | undefined };
  /** The most memory that each process had, in MiB. */
  peakMiB?: Record<string, number>;
  /** What a reader must know. */
  note?: string;
}

/** What one run of a contender gave. */
export interface Sample {
  /** The number. */
  value: number;
  /** The most memory that each process had, in MiB. */
  peakMiB?: Record<string, number | undefined>;
}

/** What all runs of a contender gave. */
export interface Result {
  /** The median. */
  value: number;
  /** Each run. */
  runs: number[];
  /** The most of all runs. */
  peakMiB?: Record<string, number>;
}

/**
 * Runs contenders by turns, so that whatever else the machine does meets all of them.
 *
 * @param runs How often.
 * @param contenders What runs, by name.
 * @returns What each gave.
 */
export async function byTurns<Name extends string>(
  runs: number,
  contenders: Record<Name, () => Promise<Sample>>,
): Promise<Record<Name, Result>> {
  const names = Object.keys(contenders) as Name[];
  const samples = new Map<Name, Sample[]>(names.map((name) => [name, []]));
  for (let round = 0; round < runs; round++) {
    // The other way round each time: who comes second may find a warmer machine, or a busier disk.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      // One run is for trying the benchmark out.
      if (runs > 1) await settle();
      samples.get(name)?.push(await contenders[name]());
    }
  }
  return Object.fromEntries(
    names.map((name) => [name, resultOf(samples.get(name)!)]),
  ) as Record<Name, Result>;
}

/**
 * Runs ours and a raw engine by turns.
 *
 * @param runs How often.
 * @param ours Ours.
 * @param raw The raw engine; `undefined` when it is not installed.
 * @returns What each gave.
 */
export async function besideRaw(
  runs: number,
  ours: () => Promise<Sample>,
  raw: (() => Promise<Sample>) | undefined,
): Promise<{ ours: Result; raw: Result | undefined }> {
  if (raw !== undefined) return await byTurns(runs, { ours, raw });
  return { ...await byTurns(runs, { ours }), raw: undefined };
}

function resultOf(samples: readonly Sample[]): Result {
  const peakMiB: Record<string, number> = {};
  for (const sample of samples) {
    for (const [process, mib] of Object.entries(sample.peakMiB ?? {})) {
      if (mib !== undefined) peakMiB[process] = Math.max(peakMiB[process] ?? 0, mib);
    }
  }
  const runs = samples.map(({ value }) => value);
  return { value: median(runs), runs, peakMiB };
}

/** The middle one; of an even number, the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1]!;
}

/** The value below which a share of them lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)]!;
}

/**
 * A line that compares a rate with that of a raw engine.
 *
 * @param what What was measured.
 * @param ours Our result.
 * @param raw The raw engine's, and what it is; `undefined` when it is not there.
 * @param target The least ratio, and the unit.
 * @returns The line.
 */
export function compared(
  what: string,
  ours: Result,
  raw: { what: string; result: Result | undefined },
  { atLeast, unit = "events/s" }: { atLeast?: number; unit?: Unit },
): Figure {
  const { result } = raw;
  const ratio = result && ours.value / result.value;
  const memory = result?.peakMiB?.process;
  return {
    what,
    unit,
    ours: ours.value,
    oursRuns: ours.runs,
    beside: result && { what: raw.what, value: result.value, runs: result.runs },
    ratio,
    target: atLeast === undefined
      ? undefined
      : { text: `≥ ${atLeast} ×`, met: ratio === undefined ? undefined : ratio >= atLeast },
    peakMiB: { ...ours.peakMiB, ...(memory !== undefined && { beside: memory }) },
    note: result ? undefined : `${raw.what} is not there to compare with`,
  };
}

/** A folder for one run, removed after it. */
export async function withFolder<T>(
  bench: Bench,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ dir: bench.folder });
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
