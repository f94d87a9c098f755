import { readAhead } from "../../../src/transfer/reading/read_ahead.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";

async function* counted(seen: number[], count: number, failAt = Infinity): AsyncGenerator<number> {
  try {
    for (let n = 0; n < count; n++) {
      await Promise.resolve();
      if (n === failAt) throw new Error("broken off");
      seen.push(n);
      yield n;
    }
  } finally {
    seen.push(-1);
  }
}

Deno.test("readAhead() gives every chunk in order, and asks for no more than it may", async () => {
  const seen: number[] = [];
  const taken: number[] = [];
  for await (const n of readAhead(counted(seen, 20), 3)) {
    taken.push(n);
    await new Promise((resolve) => setTimeout(resolve));
    if (n < 16) assertEquals(seen.length, n + 4);
  }
  assertEquals(taken, Array.from({ length: 20 }, (_, n) => n));
});

Deno.test("readAhead() fails where its source failed, after what came before", async () => {
  const taken: number[] = [];
  await assertRejects(
    async () => {
      for await (const n of readAhead(counted([], 20, 5), 3)) taken.push(n);
    },
    Error,
    "broken off",
  );
  assertEquals(taken, [0, 1, 2, 3, 4]);
});

Deno.test("readAhead() ends its source when its reader leaves", async () => {
  const seen: number[] = [];
  for await (const n of readAhead(counted(seen, 20), 3)) if (n === 2) break;
  assertEquals(seen.at(-1), -1);
});
