/**
 * Fewer connections than wanted, and a pooler in between.
 *
 * @module
 */

import { postgresAliveMs, postgresConnectMs } from "../../../src/store/postgres/limits.ts";
import { openPostgres } from "../../../src/store/postgres/open.ts";
import { assertCode, create, newMessage, NS, readAll } from "../../contract/support.ts";
import { assertEquals, assertLess } from "../../support/assert.ts";
import { rpc, startServer } from "../../support/server.ts";
import { findPgbouncer, startPgbouncer } from "../../support/pgbouncer.ts";
import { startCluster } from "../../support/postgres.ts";

Deno.test("a Postgres with fewer connections than the pool wants serves all calls", async () => {
  await using cluster = await startCluster();
  await cluster.run("CREATE ROLE few LOGIN CONNECTION LIMIT 3");
  const admin = await cluster.createDatabase();
  const url = new URL(admin);
  url.username = "few";
  await cluster.run(`GRANT CREATE ON DATABASE ${url.pathname.slice(1)} TO few`);
  await using store = await openPostgres(url.href);
  await create(store, NS);
  for (let n = 0; n < 10; n++) await store.write(NS, `a-${n}`, newMessage());
  const calls = Array.from(
    { length: 200 },
    (_, n) => n % 2 === 0 ? store.streamVersion(NS, `a-${n % 10}`) : readAll(store),
  );
  const results = await Promise.allSettled(calls);
  assertEquals(
    results.flatMap((result) => result.status === "rejected" ? [String(result.reason)] : []),
    [],
  );
});

Deno.test("a server on a Postgres with few connections responds to 200 parallel calls", async () => {
  await using cluster = await startCluster({ settings: ["max_connections=8"] });
  await using server = await startServer({ dbUrl: await cluster.createDatabase() });
  await rpc(server, "stream.write", "a-1", { type: "T", data: {} });
  const versions = await Promise.all(
    Array.from({ length: 200 }, () => rpc(server, "stream.version", "a-1")),
  );
  assertEquals(versions, Array(200).fill(0));
});

Deno.test("a call waits for a connection that others hold, and says so when none comes", async () => {
  await using cluster = await startCluster();
  await cluster.run("CREATE ROLE one LOGIN CONNECTION LIMIT 1");
  const url = new URL(await cluster.createDatabase());
  await cluster.run(`GRANT CREATE ON DATABASE ${url.pathname.slice(1)} TO one`);
  url.username = "one";
  await using store = await openPostgres(url.href);
  await create(store, NS);
  await using unit = await store.beginImport(NS);
  // The import's own connection is the only one.
  const start = performance.now();
  const error = await assertCode(() => store.listCategories(NS), "BACKEND_ERROR", "is busy");
  assertEquals(error.status, 503);
  assertLess(performance.now() - start, 2 * postgresConnectMs);
  await unit[Symbol.asyncDispose]();
  assertEquals(await store.listCategories(NS), []);
});

Deno.test({
  name: "a PgBouncer whose database is down is told of at once, and used again",
  ignore: findPgbouncer() === undefined,
  fn: async () => {
    await using cluster = await startCluster();
    await using pgbouncer = await startPgbouncer(cluster.port);
    const url = pgbouncer.through(await cluster.createDatabase());
    await using store = await openPostgres(url);
    await create(store, NS);
    await store.write(NS, "a-1", newMessage());
    await cluster.kill();
    // The first comes right after the last answer, the others do not.
    for (let n = 0; n < 3; n++) {
      const start = performance.now();
      const error = await assertCode(() => store.write(NS, "a-1", newMessage()), "BACKEND_ERROR");
      assertEquals(error.status, 503, error.message);
      assertLess(performance.now() - start, 5 * postgresAliveMs);
    }
    await cluster.start();
    const end = performance.now() + 60_000;
    // PgBouncer itself waits a while before it connects again.
    for (;;) {
      const result = await store.streamVersion(NS, "a-1").catch(() => undefined);
      if (result !== undefined) break;
      assertLess(performance.now(), end);
      // Each is refused at once.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await store.write(NS, "a-1", newMessage());
  },
});
