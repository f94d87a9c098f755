import { EventoDBError } from "../../src/errors.ts";
import { BodySlots } from "../../src/http/body_slots.ts";
import { Pace, Stretch } from "../../src/http/pace.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";

const tooSlow = () => new EventoDBError("INVALID_REQUEST", "too slow", { status: 408 });
const full = () => new EventoDBError("BACKEND_ERROR", "full", { status: 503 });
const never = new AbortController().signal;

function slots(capacity = 1, slowMs = 100, waitingMax = 10) {
  return new BodySlots({
    capacity,
    waitingMax,
    waitMs: Infinity,
    slowMs,
    refusal: full,
    tooSlow,
  });
}

Deno.test("Stretch measures from its own beginning, however many others look at the same body", async () => {
  const pace = new Pace();
  const [one, other] = [new Stretch(pace), new Stretch(pace)];
  pace.wait();
  await new Promise((resolve) => setTimeout(resolve, 20));
  pace.got(1_000);
  assert(one.waitedMs > 10 && one.bytesPerSecond < 100_000);
  one.restart();
  assertEquals(one.waitedMs, 0);
  assert(other.waitedMs > 10 && other.bytesPerSecond > 0);
  // Nothing is waited for, so that there is nothing to excuse.
  other.excuse(10);
  assert(other.waitedMs > 10);
  pace.wait();
  other.excuse(1_000_000);
  assert(other.waitedMs >= 0);
});

Deno.test("BodySlots take a slot from a slow body also where others look at its pace", async () => {
  const pace = new Pace();
  const [imports, longLines] = [slots(), slots()];
  using _import = await imports.take(never, { pace });
  const slow = await longLines.take(never, { pace });
  pace.wait();
  slow.signal.addEventListener("abort", () => slow[Symbol.dispose]());
  using next = await longLines.take(never);
  assertEquals([slow.signal.aborted, next.signal.aborted], [true, false]);
});

Deno.test("BodySlots serve in the order of their coming, and refuse when too many wait", async () => {
  const pool = slots(2, 60_000, 2);
  const first = await pool.take(never);
  const served: string[] = [];
  const large = pool.take(never, { weight: 2 }).then((slot) => (served.push("large"), slot));
  const small = pool.take(never).then((slot) => (served.push("small"), slot));
  assertEquals((await assertRejects(() => pool.take(never), EventoDBError)).status, 503);
  first[Symbol.dispose]();
  const slot = await large;
  assertEquals(served, ["large"]);
  slot[Symbol.dispose]();
  (await small)[Symbol.dispose]();
  assertEquals(served, ["large", "small"]);
});

Deno.test("BodySlots give no slot to who has given up, and let those after it pass", async () => {
  const pool = slots(2, 60_000);
  using _first = await pool.take(never);
  const leave = new AbortController();
  const large = pool.take(leave.signal, { weight: 2 });
  const small = pool.take(never);
  leave.abort(full());
  await assertRejects(() => large, EventoDBError, "full");
  (await small)[Symbol.dispose]();
});
