import { formatColumns } from "../../../src/cli/terminal/columns.ts";
import { assertEquals } from "../../support/assert.ts";

const rows = [["category", "events", "since"], ["order", "12", "2025-07-01"]];

Deno.test("formatColumns() aligns columns, also of wide characters", async () => {
  assertEquals(await formatColumns(rows, Infinity), [
    "category  events  since",
    "order     12      2025-07-01",
  ]);
  assertEquals(await formatColumns([["注文", "1"], ["a", "2"]], Infinity), ["注文  1", "a     2"]);
  assertEquals(await formatColumns([["a"], ["b"]], 1), ["a", "b"]);
  assertEquals(await formatColumns([], 80), []);
});

Deno.test("formatColumns() splits a table that is wider than the terminal", async () => {
  assertEquals((await formatColumns(rows, 28)).length, 2);
  assertEquals(await formatColumns(rows, 27), [
    "category  events",
    "order     12",
    "",
    "category  since",
    "order     2025-07-01",
  ]);
  assertEquals((await formatColumns(rows, 3)).length, 5);
});
