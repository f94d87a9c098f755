import { parseRecord } from "../../src/record/parse.ts";
import { formatRecord } from "../../src/record/format.ts";
import { categoryOf } from "../../src/stream_name.ts";
import { assert, assertEquals, assertNotEquals } from "./assert.ts";
import { sampleMessages } from "./events.ts";

Deno.test("sampleMessages() makes a history that can be imported, as large as a real one", () => {
  const messages = [...sampleMessages({ count: 20_000 })];
  const places = new Set(messages.map(({ stream, position }) => `${position} ${stream}`));
  const ids = new Set(messages.map(({ id }) => id));
  assertEquals([messages.length, places.size, ids.size], [20_000, 20_000, 20_000]);
  let above = 0;
  for (const [i, message] of messages.entries()) {
    assert(message.globalPosition > above);
    above = message.globalPosition;
    assertEquals(parseRecord(formatRecord(message), i), { ...message, line: i });
  }
  assert(above > 25_000, "there are gaps");
  const categories = new Set(messages.map(({ stream }) => categoryOf(stream)));
  assertEquals(categories.size, 6);
});

Deno.test("sampleMessages() makes the same history of the same seed only", () => {
  const [one, again, other] = [7, 7, 8].map((seed) => [...sampleMessages({ seed, count: 50 })]);
  assertEquals(one, again);
  assertNotEquals(one, other);
});
