import fc from "fast-check";
import { ImportedPositions } from "../../src/store/imported_positions.ts";
import { assert, assertEquals, assertLessOrEqual } from "../support/assert.ts";
import "../support/property.ts";

Deno.test("ImportedPositions keeps runs, and finds positions in them", () => {
  const positions = new ImportedPositions();
  for (const n of [7, 8, 9, 20, 3, 1, 2]) positions.add(n);
  assertEquals([...positions], [[1, 3], [7, 9], [20, 20]]);
  assertEquals([positions.lowest, positions.runs], [1, 3]);
  assertEquals([positions.has(8), positions.has(10), positions.has(21)], [true, false, false]);
  assertEquals([positions.atOrAfter(4), positions.atOrAfter(8)], [7, 8]);
  assertEquals(positions.atOrAfter(21), Infinity);
});

Deno.test("ImportedPositions never keeps more than its runs, and loses no position", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 400 }),
      fc.integer({ min: 2, max: 20 }),
      (added, runsMax) => {
        const positions = new ImportedPositions(runsMax);
        for (const n of added) positions.add(n);
        assertLessOrEqual(positions.runs, runsMax);
        for (const n of added) assert(positions.has(n), `${n} is lost`);
        assertEquals(positions.lowest, Math.min(...added));
        assertEquals([...positions].at(-1)?.[1], Math.max(...added));
      },
    ),
  );
});

Deno.test("ImportedPositions takes a bounded amount of memory while it is added to", () => {
  const runsMax = 1_000;
  const positions = new ImportedPositions(runsMax);
  // To ask for the runs would have them joined, so only what is held in between is looked at.
  let most = 0;
  for (let n = 0; n < 50 * runsMax; n++) {
    positions.add(2 * n);
    most = Math.max(most, positions.runsHeld);
  }
  assertLessOrEqual(most, 2 * runsMax);
  assertEquals(positions.atOrAfter(99 * runsMax), 99 * runsMax);
});
