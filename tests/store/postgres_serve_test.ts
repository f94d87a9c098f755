/**
 * The whole way, with Postgres at the end of it: bytes in, bytes out; and what it needs.
 *
 * @module
 */

import { EventoDBClient, exportEvents, importEvents } from "../../mod.ts";
import { createToken } from "../../src/auth/token.ts";
import { openStore } from "../../src/store/open.ts";
import { create, NS } from "../contract/support.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { runCli, startCli } from "../support/cli.ts";
import { recordBody, sampleMessages } from "../support/events.ts";
import { testPostgres } from "../support/postgres.ts";

const postgres = await testPostgres();
const address = /http:\/\/127\.0\.0\.1:\d+/;

Deno.test("an import and an export give the same bytes on Postgres as on SQLite", async () => {
  const exports: string[] = [];
  for (const url of ["sqlite://memory", await postgres.createDatabase()]) {
    await using store = await openStore(url);
    await create(store, NS);
    const place = { store, namespace: NS };
    const messages = [...sampleMessages({ count: 3_000 })];
    // Into an empty namespace, beside what is there, and once more over all of it.
    await importEvents(recordBody(messages.slice(0, 1_500)), place);
    await importEvents(recordBody(messages.slice(1_500, 2_000)), place);
    const { imported, skipped } = await importEvents(recordBody(messages), place, {
      existing: "skip",
    });
    assertEquals([imported, skipped], [1_000, 2_000]);
    for (const categories of [undefined, ["account", "größe:command", "rare"], ["order"]]) {
      exports.push(await new Response(exportEvents(place, { categories })).text());
    }
    exports.push(
      await new Response(
        exportEvents(place, { since: "2024-01-02T00:00:00Z", until: "2024-06-01T00:00:00Z" }),
      ).text(),
    );
  }
  const half = exports.length / 2;
  assertEquals(exports.slice(0, half), exports.slice(half));
  const whole = await new Response(recordBody(sampleMessages({ count: 3_000 }))).text();
  assertEquals(exports[0], whole);
});

Deno.test("eventodb serve on Postgres runs with the permissions that docs/postgres.md names", async () => {
  const url = new URL(await postgres.createDatabase());
  const token = createToken("default");
  await using serving = startCli(["serve", "--port", "0", "--db-url", url.href], {
    env: { EVENTODB_TOKEN: token },
    permissions: [
      `--allow-net=127.0.0.1:0,${url.host}`,
      "--allow-env=PG*,EVENTODB_*,NO_COLOR",
    ],
  });
  const [server] = await serving.sees(address);
  const client = new EventoDBClient({ url: server, token });
  await client.streamWrite("account-1", { type: "Opened", data: {} });
  const { backend, connections } = await client.systemHealth();
  assertEquals(backend, "postgres");
  assert(connections >= 1);
});

Deno.test("eventodb serve shows no password when the database is not to be had", async () => {
  const { status, stdout, stderr } = await runCli([
    "serve",
    "--port",
    "0",
    "--db-url",
    "postgres://me:s3cr3t@127.0.0.1:1/nowhere",
  ]);
  assertEquals([status, stdout], [1, ""]);
  assertStringIncludes(stderr, "refused the connection");
  assert(!stderr.includes("s3cr3t") && !stderr.includes("    at "), stderr);
});
