/**
 * `eventodb serve` on Postgres: what it needs, and what it never shows.
 *
 * @module
 */

import { EventoDBClient } from "../../../mod.ts";
import { createToken } from "../../../src/auth/create_token.ts";
import pg from "../../../src/deps/pg.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { runCli, startCli } from "../../support/cli.ts";
import { testPostgres } from "../../support/postgres.ts";

const postgres = await testPostgres();
const address = /http:\/\/127\.0\.0\.1:\d+/;

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

Deno.test("eventodb serve ends within its time although the database does not respond", async () => {
  const url = await postgres.createDatabase();
  const token = createToken("default");
  await using serving = startCli(["serve", "--port", "0", "--db-url", url], {
    env: { EVENTODB_TOKEN: token },
  });
  const [server] = await serving.sees(address);
  const client = new EventoDBClient({ url: server, token, retries: 0 });
  await client.streamWrite("account-1", { type: "Opened", data: {} });

  const other = new pg.Client({ connectionString: url });
  await other.connect();
  try {
    const { rows: [{ schemaname }] } = await other.query(
      "SELECT schemaname FROM pg_tables WHERE tablename = 'messages'",
    );
    await other.query("BEGIN");
    await other.query(`LOCK TABLE ${pg.escapeIdentifier(schemaname)}.messages`);
    const stuck = client.streamWrite("account-1", { type: "Closed", data: {} }).catch(() => {});
    const waits = "SELECT 1 FROM pg_locks WHERE NOT granted";
    while ((await postgres.run(waits, url)).length === 0);
    const asked = performance.now();
    serving.process.kill("SIGTERM");
    const { status, stderr } = await serving.ended;
    assertEquals(status, 1);
    assertStringIncludes(stderr, "not stopped in time");
    // The database would be waited for for a minute.
    assert(performance.now() - asked < 30_000);
    await stuck;
  } finally {
    await other.end();
  }
});
