import { EventoDBError } from "../../src/errors.ts";
import { Slots } from "../../src/rpc/slots.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";

const refusal = () => new EventoDBError("BACKEND_ERROR", "Nothing is free");

Deno.test("Slots let so many in, and the others in their order", async () => {
  const slots = new Slots({ capacity: 2, waitingMax: 3, waitMs: 60_000, refusal });
  const order: number[] = [];
  const held = [await slots.take(), await slots.take()];
  const waiting = [1, 2, 3].map(async (n) => {
    using _slot = await slots.take();
    order.push(n);
  });
  await assertRejects(() => slots.take(), EventoDBError, "Nothing is free");
  assertEquals(order, []);
  // Twice gives back only once.
  held[0]![Symbol.dispose]();
  held[0]![Symbol.dispose]();
  await Promise.all(waiting);
  assertEquals(order, [1, 2, 3]);
  using _again = await slots.take();
  const late = slots.take();
  held[1]![Symbol.dispose]();
  (await late)[Symbol.dispose]();
});

Deno.test("Slots refuse those that have waited long enough, and forget those that have left", async () => {
  const slots = new Slots({ capacity: 1, waitingMax: 2, waitMs: 5, refusal });
  const held = await slots.take();
  await assertRejects(() => slots.take(), EventoDBError, "Nothing is free");
  const patient = new Slots({ capacity: 1, waitingMax: 1, waitMs: 60_000, refusal });
  const other = await patient.take();
  const left = new AbortController();
  const leaving = patient.take(left.signal);
  left.abort(new Error("gone"));
  await assertRejects(() => leaving, Error, "gone");
  await assertRejects(() => patient.take(left.signal), Error, "gone");
  // Its place in the queue is free again.
  const next = patient.take();
  for (const slot of [other, held]) slot[Symbol.dispose]();
  using _slot = await next;
  using _free = await slots.take();
});
