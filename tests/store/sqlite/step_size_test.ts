import { timeSliceMs } from "../../../src/limits.ts";
import { StepSize } from "../../../src/store/sqlite/step_size.ts";
import { assertEquals, assertLess } from "../../support/assert.ts";

/** Does nothing for so long. */
function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

Deno.test("StepSize grows while steps are fast, and becomes small where they are slow", () => {
  const step = new StepSize(2_000);
  const first = step.size;
  assertLess(first, 2_000);
  for (let i = 0; i < 20; i++) assertEquals(step.measure(() => i), i);
  assertEquals(step.size, 2_000);
  for (let i = 0; i < 6; i++) step.measure(() => busy(3 * timeSliceMs));
  assertEquals(step.size, 1);
  step.measure(() => {});
  assertEquals(step.size, 2);
  assertEquals(new StepSize(10).size, 10);
});
