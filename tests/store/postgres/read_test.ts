/**
 * Reads in Postgres that the contract does not know of.
 *
 * @module
 */

import { postgresLookNamespacesMax } from "../../../src/limits.ts";
import { Database } from "../../../src/store/postgres/connection/database.ts";
import { schemaOf } from "../../../src/store/postgres/names.ts";
import { highestPositions } from "../../../src/store/postgres/read/read.ts";
import { openPostgres } from "../../../src/store/postgres/open.ts";
import { create, newMessage } from "../../contract/support.ts";
import { assertEquals } from "../../support/assert.ts";
import { testPostgres } from "../../support/postgres.ts";

const postgres = await testPostgres();

Deno.test("highestPositions() says where each of many namespaces ends", async () => {
  const url = await postgres.createDatabase();
  await using store = await openPostgres(url);
  const ids = Array.from({ length: postgresLookNamespacesMax + 2 }, (_, index) => `n${index}`);
  for (const id of ids) await create(store, id);
  for (const id of ["n1", "n1", ids.at(-1)!]) await store.write(id, "a-1", newMessage());
  await using database = await Database.open(url);
  const expected = ids.map((_, index) => index === 1 ? 2 : index === ids.length - 1 ? 1 : 0);
  assertEquals(await highestPositions(database, ids.map(schemaOf)), expected);
  await store.deleteNamespace("n0");
  assertEquals(await highestPositions(database, ids.map(schemaOf)), expected);
  assertEquals(await highestPositions(database, []), []);
});
