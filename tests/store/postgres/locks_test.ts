import { Database } from "../../../src/store/postgres/connection/database.ts";
import type { Session } from "../../../src/store/postgres/connection/session.ts";
import { lockNamespace } from "../../../src/store/postgres/locks.ts";
import { openPostgres } from "../../../src/store/postgres/open.ts";
import { assertCode, create, NS } from "../../contract/support.ts";
import { testPostgres } from "../../support/postgres.ts";

const postgres = await testPostgres();

Deno.test("lockNamespace() does not take one for another that was made again under its id meanwhile", async () => {
  const url = await postgres.createDatabase();
  await using store = await openPostgres(url);
  await using database = await Database.open(url);
  await create(store, NS);
  await database.transaction(async (session) => {
    const held: Pick<Session, "query" | "queryLong"> = {
      // It finds the namespace, and gets the lock only when another server has let go of it.
      async query<T>() {
        const found = await database.query<T>(
          `SELECT number, true AS "isAlone", '1' AS "transactionId" FROM eventodb.namespaces WHERE id = $1`,
          [NS],
        );
        await store.deleteNamespace(NS);
        await create(store, NS);
        return found;
      },
      queryLong: (...statement) => session.queryLong(...statement),
    };
    await assertCode(() => lockNamespace(held as Session, NS), "NAMESPACE_NOT_FOUND");
  });
});
