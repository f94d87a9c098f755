import { main, type Report } from "../bench/main.ts";
import { history, shapes } from "../bench/generator.ts";
import { measures } from "../bench/measures.ts";
import { formatRecord } from "../src/record/format.ts";
import { parseRecord } from "../src/record/parse.ts";
import { assert, assertEquals } from "./support/assert.ts";
import { memoryFolder } from "./support/memory_folder.ts";

// How fast anything is, is nobody's business here: these tests only keep the benchmark running.

// Of fewer, the category that the windows are of may have none.
const sizes = ["--events", "300", "--runs", "1", "--seconds", "0.1"];
const dir = memoryFolder === undefined ? [] : ["--dir", memoryFolder];
/** One run of all of them shares the histories, and looks at the machine once. */
let running: Promise<Report> | undefined;

for (const { name } of measures) {
  Deno.test(`bench measures ${name} at a tiny size`, async () => {
    const report = await (running ??= main([...sizes, ...dir], () => {}));
    assertEquals(report.failures[name], undefined);
    assert(report.figures[name]!.length > 0);
    for (const { what, ours } of report.figures[name]!) assert(ours > 0, what);
  });
}

for (const shape of shapes) {
  Deno.test(`history() of the shape ${shape} is the same for the same seed, and can be imported`, () => {
    const events = (seed: number) => [...history({ shape, events: 2_500, seed })].flat();
    const made = events(1);
    assertEquals(made.length, 2_500);
    assertEquals(events(1), made);
    assert(events(2)[0]!.id !== made[0]!.id);
    for (const [index, message] of made.entries()) {
      const { line: _, ...parsed } = parseRecord(formatRecord(message), index + 1);
      assertEquals(parsed, message);
    }
    const ids = new Set(made.map(({ id }) => id));
    const places = new Set(made.map(({ stream, position }) => `${stream} ${position}`));
    assertEquals([ids.size, places.size], [made.length, made.length]);
  });
}

Deno.test("bench --only runs what it names, and nothing else", async () => {
  const report = await main(["--only", "start-up", ...sizes, ...dir], () => {});
  assertEquals([Object.keys(report.figures), report.failures], [["start-up"], {}]);
});

Deno.test("bench refuses a measure that there is not", async () => {
  const refused = await main(["--only", "speed"], () => {}).catch((error) => error.message);
  assert(/There is no measure "speed", only import-sqlite/.test(refused));
});
