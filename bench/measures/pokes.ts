/**
 * How long after a write its pokes come, with a thousand subscribers.
 *
 * @module
 */

import { byTurns, type Figure, type Measure, percentile } from "../bench.ts";
import { startRaw, startServer } from "../processes.ts";
import { measurePokes, type PokeLoad } from "../subscribe.ts";

const subscribersMax = 1_000;
/** What the delay of a write that concerns one of them may be, in milliseconds. */
const medianMsMax = 10;
const p99MsMax = 50;
/** How much longer than a bare fan-out of the same bytes a write to all may take. */
const ratioMax = 1.5;

const ours = (stream: string) => JSON.stringify(["stream.write", stream, { type: "Up", data: {} }]);
const poke = 'event: poke\ndata: {"stream":"c-1","position":10,"globalPosition":100}\nid: 100\n\n';

/** The delay from write to poke, for one subscriber and for all. */
export const pokes: Measure = {
  name: "pokes",
  title: `from a write to its pokes, ${subscribersMax} subscribers`,
  async run(bench) {
    const runs = Math.min(bench.runs, 3);
    // Fewer in a bench that is made small.
    const subscribers = Math.min(bench.events, subscribersMax);
    const p99s: Record<string, number[]> = {};
    const measure = async (name: string, load: Omit<PokeLoad, "url" | "token" | "subscribers">) => {
      await using server = name === "bare"
        ? await startRaw("raw/fan_out.ts")
        : await startServer({ dbUrl: "sqlite://memory" });
      const { url, token } = server;
      const { tookMs } = await measurePokes({ ...load, url, token, subscribers });
      (p99s[name] ??= []).push(percentile(tookMs, 0.99));
      return { value: percentile(tookMs, 0.5) };
    };
    const all = { writes: 20, writePath: "/rpc", concerns: "all" } as const;
    const { one, every, bare } = await byTurns(runs, {
      one: () =>
        measure("one", {
          subscribePath: "/subscribe?stream=c-%N",
          writes: subscribers,
          writePath: "/rpc",
          body: ours("c-%N"),
          concerns: "one",
        }),
      every: () =>
        measure("every", { ...all, subscribePath: "/subscribe?all=true", body: ours("c-1") }),
      bare: () => measure("bare", { ...all, subscribePath: "/", body: poke }),
    });
    const p99 = (name: string) => percentile(p99s[name]!, 0.5);
    const figures: Figure[] = [
      {
        what: "a write to its one poke, median",
        unit: "ms",
        ours: one.value,
        oursRuns: one.runs,
        target: { text: `< ${medianMsMax} ms`, met: one.value < medianMsMax },
      },
      {
        what: "a write to its one poke, p99",
        unit: "ms",
        ours: p99("one"),
        oursRuns: p99s.one,
        target: { text: `< ${p99MsMax} ms`, met: p99("one") < p99MsMax },
      },
      {
        what: "a write to a poke for each, median",
        unit: "ms",
        ours: every.value,
        oursRuns: every.runs,
        beside: { what: "bare fan-out", value: bare.value, runs: bare.runs },
        ratio: every.value / bare.value,
        target: { text: `≤ ${ratioMax} ×`, met: every.value <= ratioMax * bare.value },
      },
      {
        what: "a write to a poke for each, p99",
        unit: "ms",
        ours: p99("every"),
        oursRuns: p99s.every,
        beside: { what: "bare fan-out", value: p99("bare"), runs: p99s.bare },
        ratio: p99("every") / p99("bare"),
        target: { text: `≤ ${ratioMax} ×`, met: p99("every") <= ratioMax * p99("bare") },
      },
    ];
    return figures;
  },
};
