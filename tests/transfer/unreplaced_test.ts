import { EventoDBClient } from "../../mod.ts";
import { CategorySource } from "../../src/transfer/sources/category_source.ts";
import { unreplacedChunks } from "../../src/transfer/unreplaced.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { sampleMessages } from "../support/events.ts";
import { startGoServer } from "../support/go_server.ts";

const messages = [...sampleMessages({ count: 2500 })];

for (const [name, changed] of [["first", 0], ["last", 2499]] as const) {
  Deno.test(`unreplacedChunks() fails when the ${name} event changes while others are read`, async () => {
    const held = [...messages];
    await using server = startGoServer(held);
    const source = new CategorySource(new EventoDBClient({ url: server.url }), null);
    let events = 0;
    await assertRejects(
      async () => {
        for await (const chunk of unreplacedChunks(source)) {
          events += chunk.events;
          // As an import with --force does it, at the worst time.
          const isLate = changed === 0 || events === messages.length;
          if (isLate) held[changed] = { ...messages[changed]!, id: crypto.randomUUID() };
        }
      },
      Error,
      "the namespace's events were replaced meanwhile",
    );
    assertEquals(events, messages.length);
  });
}

Deno.test("unreplacedChunks() minds no events that are written meanwhile", async () => {
  const held = messages.slice(0, 2000);
  await using server = startGoServer(held);
  const source = new CategorySource(new EventoDBClient({ url: server.url }), null);
  const types = [messages[1999]!.type];
  let events = 0;
  for await (const chunk of unreplacedChunks(source, { types, to: 2000 })) {
    events += chunk.events;
    held.push(...messages.slice(2000));
  }
  const wanted = messages.filter(({ globalPosition }) => globalPosition <= 2000)
    .filter(({ type }) => types.includes(type));
  assertEquals(events, wanted.length);
});
