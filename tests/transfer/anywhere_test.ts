import { EventoDBError, importEvents } from "../../mod.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { startFailingServer } from "../support/failing_server.ts";
import { linesStream } from "../support/history.ts";
import { startServer } from "../support/server.ts";

Deno.test("importEvents() believes no server that says that it has imported less than it was sent", async () => {
  await using server = await startServer();
  const { url, token } = server;
  assertEquals((await importEvents(linesStream(20), { url, token })).imported, 20);
  await using lying = startFailingServer(
    url,
    ({ path }) =>
      path === "/import"
        ? {
          change: (text) => text.replace(/"done":true,"imported":\d+/, '"done":true,"imported":1'),
        }
        : undefined,
  );
  const error = await assertRejects(
    () => importEvents(linesStream(20), { url: lying.url, token }, { force: true }),
    EventoDBError,
    "20 records were sent, but the server says that it has imported 1",
  );
  assertEquals([error.code, error.details?.sent], ["OUTCOME_UNKNOWN", 20]);
});
