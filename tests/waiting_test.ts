import { within } from "../src/waiting.ts";
import { assertEquals, assertRejects } from "./support/assert.ts";

Deno.test("within() gives what comes in time, and undefined for what does not", async () => {
  assertEquals(await within(Promise.resolve(1), 60_000), 1);
  assertEquals(await within(new Promise<number>(() => {}), 1), undefined);
  await assertRejects(() => within(Promise.reject(new Error("no")), 60_000), Error, "no");
  // Nothing is left that could keep a process alive, and nobody hears of what fails too late.
  const late = Promise.withResolvers<number>();
  assertEquals(await within(late.promise, 1), undefined);
  late.reject(new Error("late"));
});
