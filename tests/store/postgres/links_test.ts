/**
 * The index of links among other sessions.
 *
 * @module
 */

import { LOCKS } from "../../../src/store/postgres/locks.ts";
import { openPostgres } from "../../../src/store/postgres/open.ts";
import pg from "../../../src/deps/pg.ts";
import { assertLinks, linkedHistory } from "../../contract/links.ts";
import { create, importAll, newMessage, NS } from "../../contract/support.ts";
import { assertEquals } from "../../support/assert.ts";
import { testPostgres } from "../../support/postgres.ts";

const postgres = await testPostgres();

Deno.test("many who wait for an index of links that another server builds leave connections to others", async () => {
  const url = await postgres.createDatabase();
  await using store = await openPostgres(url);
  await create(store, NS);
  await importAll(store, linkedHistory(50));
  const other = new pg.Client(url);
  await other.connect();
  try {
    // As a step of another server does; there is one namespace, and any number is its.
    await other.query(
      `SELECT pg_advisory_lock($1, n) FROM generate_series(0, 20) AS n`,
      [LOCKS.links],
    );
    const asked = Array.from({ length: 30 }, () => store.openLinks(NS, {}));
    // All of them have asked for a step by then.
    for (let n = 0; n < 20; n++) {
      await store.write(NS, `order-${n}`, newMessage());
    }
    await other.query("SELECT pg_advisory_unlock_all()");
    assertEquals((await Promise.all(asked)).length, 30);
  } finally {
    await other.end();
  }
  await assertLinks(store);
});
