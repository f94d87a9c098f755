import fc from "fast-check";
import { ImportedLines } from "../../src/store/imported_lines.ts";
import { assertEquals } from "../support/assert.ts";
import "../support/property.ts";

Deno.test("ImportedLines finds the line of each record, in any order and over gaps", () => {
  const lines = new ImportedLines();
  const noted = [[5, 1], [6, 2], [7, 3], [20, 4], [21, 6], [1, 7], [2, 8], [100, 9]] as const;
  for (const [globalPosition, line] of noted) lines.note(globalPosition, line);
  for (const [globalPosition, line] of noted) assertEquals(lines.lineOf(globalPosition), line);
  for (const none of [0, 3, 4, 8, 19, 22, 99, 101]) assertEquals(lines.lineOf(none), undefined);
});

Deno.test("ImportedLines remembers so many runs, and knows what it has forgotten", () => {
  const lines = new ImportedLines(2);
  for (const n of [1, 2, 10, 11, 20, 21]) lines.note(n, n);
  assertEquals([1, 2, 10, 11].map((n) => lines.lineOf(n)), [1, 2, 10, 11]);
  assertEquals([20, 21].map((n) => lines.lineOf(n)), [undefined, undefined]);
});

Deno.test("ImportedLines finds the line of every record, whatever empty lines there are", () => {
  fc.assert(fc.property(fc.array(fc.nat(3)), (gaps) => {
    const lines = new ImportedLines();
    let line = 0;
    const noted = gaps.map((gap) => line += 1 + gap);
    for (const [index, line] of noted.entries()) lines.note(index + 1, line);
    assertEquals(noted.map((_, index) => lines.lineOf(index + 1)), noted);
  }));
});

Deno.test("ImportedLines remembers one run where there are as many empty lines after each record", () => {
  const lines = new ImportedLines(1);
  const noted = Array.from({ length: 100 }, (_, index) => 5 + 3 * index);
  for (const [index, line] of noted.entries()) lines.note(index + 1, line);
  assertEquals(noted.map((_, index) => lines.lineOf(index + 1)), noted);
  lines.note(noted.length + 1, noted.at(-1)! + 1);
  assertEquals(lines.lineOf(noted.length + 1), undefined);
});
