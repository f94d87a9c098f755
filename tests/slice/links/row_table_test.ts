import fc from "fast-check";
import { RowTable } from "../../../src/slice/links/row_table.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import "../../support/property.ts";

Deno.test("RowTable finds what a filter finds, in any runs", () => {
  const field = fc.stringMatching(/^[ab\n\u00ff]{1,3}$/);
  const row = fc.tuple(field, field, field).map((fields) => fields.join("\0"));
  const prefixes = fc.array(fc.tuple(field, fc.constantFrom("", "\0", "\0a")));
  return fc.assert(fc.asyncProperty(fc.array(fc.array(row)), prefixes, async (runs, prefixes) => {
    using table = new RowTable();
    for (const run of runs) await table.addRun([[...new Set(run)].sort()]);
    await table.merge();
    for (const prefix of ["", ...prefixes.map(([field, more]) => field + more)]) {
      const expected = [...new Set(runs.flat())].filter((row) => row.startsWith(prefix)).sort();
      assertEquals([...table.beginningWith(prefix)], expected);
    }
  }));
});

Deno.test("RowTable finds rows in a file of many blocks", async () => {
  using table = new RowTable();
  const rows: string[] = [];
  for (let i = 0; i < 50_000; i++) rows.push(`order-${i * 7919 % 20_000}\0>0\0workflow-${i}`);
  for (let at = 0; at < rows.length; at += 10_000) {
    await table.addRun([rows.slice(at, at + 10_000).sort()]);
  }
  await table.merge();
  for (const key of ["order-0", "order-7", "order-19999", "order-5000", "a", "z"]) {
    const prefix = `${key}\0`;
    const expected = rows.filter((row) => row.startsWith(prefix)).sort();
    assertEquals([...table.beginningWith(prefix)], expected);
  }
});

Deno.test("RowTable lets others have their tick while it adds and merges many rows", async () => {
  using table = new RowTable();
  const rows = Array.from({ length: 400_000 }, (_, i) => `order-${String(i).padStart(9, "0")}\0#`);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 0);
  try {
    for (let run = 0; run < 4; run++) await table.addRun([rows.filter((_, i) => i % 4 === run)]);
    assert(ticks >= 2, `${ticks} while they were added`);
    ticks = 0;
    await table.merge();
    assert(ticks >= 2, `${ticks} while they were merged`);
  } finally {
    clearInterval(timer);
  }
  assertEquals([...table.beginningWith("order-000399999\0")], [rows.at(-1)]);
});
