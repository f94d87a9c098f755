import { eventsOf, keptRun, quote, quotedTables } from "../../bench/quote.ts";
import { table } from "../../bench/report.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { checkout } from "./documents.ts";

const text = Deno.readTextFileSync(`${checkout}docs/performance.md`);

/** The cells of a table, without the line below its head. */
function cells(table: string): string[][] {
  return table.trim().split("\n").filter((line) => !/^\|[ -|]*-[ -|]*\|$/.test(line))
    .map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()));
}

for (const { measure, events, run, table: shown } of quotedTables(text)) {
  if (run === undefined) continue;
  Deno.test(`docs/performance.md shows ${measure} with ${events} events as bench/results/${run}.json has it`, () => {
    const report = keptRun(run);
    assertEquals(eventsOf(report), events);
    assertEquals(cells(shown), cells(table(report.figures[measure]!)));
  });
}

Deno.test("docs/performance.md says of each table of measures what it measures", () => {
  const heads = text.match(/^\| what +\| ours/gm)!;
  assertEquals(quotedTables(text).length, heads.length);
  assert(heads.length > 10);
});

Deno.test("bench/quote.ts puts a run into the tables of its measures and of its size alone", () => {
  const figure = { what: "a thing", unit: "ms", ours: 1234.5 } as const;
  const machine = { ...keptRun("2026-11-30T1517").machine };
  const report = { at: "", args: ["--events", "500"], machine, figures: {}, failures: {} };
  const figures = { start: [figure], other: [figure] };
  const old = "| what |\n| ---- |\n| old  |\n";
  const page =
    `<!-- bench start -->\n\n${old}\n<!-- bench start --events 500 -->\n\n${old}\nText\n`;
  const quoted = quote(page, "R", { ...report, figures });
  assertEquals(quoted.unquoted, ["other"]);
  assertEquals(
    quoted.text,
    `<!-- bench start -->\n\n${old}\n<!-- bench start --events 500 R -->\n\n${
      table([figure])
    }\n\nText\n`,
  );
  // Once more it is the same.
  assertEquals(quote(quoted.text, "R", { ...report, figures }).text, quoted.text);
});
