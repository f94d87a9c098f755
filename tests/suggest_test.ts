import { nearest } from "../src/suggest.ts";
import { assertEquals } from "./support/assert.ts";

const names = ["serve", "export", "import", "ns create", "version", "help"];

Deno.test("nearest() finds a name with a letter missing, added, wrong or swapped", () => {
  for (const typed of ["exprt", "exxport", "ezport", "exprot", "EXPORT".toLowerCase(), "expo"]) {
    assertEquals(nearest(typed, names), "export");
  }
});

Deno.test("nearest() finds nothing where nothing is near", () => {
  for (const typed of ["frobnicate", "x", "", "delete"]) {
    assertEquals(nearest(typed, names), undefined);
  }
});
