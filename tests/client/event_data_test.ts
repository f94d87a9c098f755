import * as fc from "fast-check";
import { eventData } from "../../src/client/event_data.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { EventoDBError } from "../../mod.ts";

async function* cut(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

Deno.test("eventData() gives the data of each event, wherever the text is cut", async () => {
  const text =
    ': ready\r\n\r\ndata: {"a":1}\n\nid: 7\ndata:x\ndata: y\n\nevent: poke\n\ndata: z\n\n';
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: text.length }), async (size) => {
    const events = await Array.fromAsync(eventData(cut(text, size)));
    assertEquals(events, ['{"a":1}', "x\ny", "z"]);
  }));
});

Deno.test("eventData() leaves out an event that was not completed", async () => {
  assertEquals(await Array.fromAsync(eventData(cut("data: a\n\ndata: b\n", 3))), ["a"]);
});

Deno.test("eventData() refuses a line without end", async () => {
  const endless = async function* () {
    while (true) yield "x".repeat(65_536);
  };
  await assertRejects(() => Array.fromAsync(eventData(endless())), EventoDBError, "longer than");
});
