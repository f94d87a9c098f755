import fc from "fast-check";
import { RowTable } from "../../src/slice/row_table.ts";
import { assertEquals } from "../support/assert.ts";
import "../support/property.ts";

Deno.test("RowTable finds what a filter finds, in any runs", () => {
  const field = fc.stringMatching(/^[ab\n\u00ff]{1,3}$/);
  const row = fc.tuple(field, field, field).map((fields) => fields.join("\0"));
  const prefixes = fc.array(fc.tuple(field, fc.constantFrom("", "\0", "\0a")));
  fc.assert(fc.property(fc.array(fc.array(row)), prefixes, (runs, prefixes) => {
    using table = new RowTable();
    for (const run of runs) table.addRun([...new Set(run)].sort());
    for (const prefix of ["", ...prefixes.map(([field, more]) => field + more)]) {
      const expected = [...new Set(runs.flat())].filter((row) => row.startsWith(prefix)).sort();
      assertEquals([...table.beginningWith(prefix)], expected);
    }
  }));
});

Deno.test("RowTable finds rows in a file of many blocks", () => {
  using table = new RowTable();
  const rows: string[] = [];
  for (let i = 0; i < 50_000; i++) rows.push(`order-${i * 7919 % 20_000}\0>0\0workflow-${i}`);
  for (let at = 0; at < rows.length; at += 10_000) table.addRun(rows.slice(at, at + 10_000).sort());
  for (const key of ["order-0", "order-7", "order-19999", "order-5000", "a", "z"]) {
    const prefix = `${key}\0`;
    const expected = rows.filter((row) => row.startsWith(prefix)).sort();
    assertEquals([...table.beginningWith(prefix)], expected);
  }
});
