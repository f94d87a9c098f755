import config from "../../deno.json" with { type: "json" };
import { assert, assertEquals } from "../support/assert.ts";
import { rpc, startServer } from "../support/server.ts";

Deno.test("sys.version is the package's version", async () => {
  await using server = await startServer();
  assertEquals(await rpc(server, "sys.version"), config.version);
});

Deno.test("sys.health names the backend and counts its connections", async () => {
  await using server = await startServer({ files: true });
  const health = await rpc<Record<string, unknown>>(server, "sys.health");
  assertEquals([health.status, health.backend], ["ok", "sqlite"]);
  assert(Number.isInteger(health.connections));
});
