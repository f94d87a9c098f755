/**
 * Reads in Postgres that the contract does not know of.
 *
 * @module
 */

import {
  postgresLookNamespacesMax,
  postgresStepMessages,
} from "../../../src/store/postgres/limits.ts";
import { Database } from "../../../src/store/postgres/connection/database.ts";
import { schemaOf } from "../../../src/store/postgres/names.ts";
import { highestPositions } from "../../../src/store/postgres/each_namespace.ts";
import { openPostgres } from "../../../src/store/postgres/open.ts";
import type { MessageQuery } from "../../../src/store/store.ts";
import { create, importAll, newMessage, NS, records } from "../../contract/support.ts";
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

Deno.test("a filter that lets nothing through for long does not keep who asks whether a read goes on", async () => {
  await using store = await openPostgres(await postgres.createDatabase());
  await create(store, NS);
  const count = 2 * postgresStepMessages + 5;
  const all = records(count).map((record, index) => ({
    ...record,
    stream: index < count - 2 ? record.stream : "late-1",
    position: index < count - 2 ? record.position : index - count + 2,
    time: index < 1 || index >= count - 2 ? "2025-01-01T00:00:00Z" : "2025-01-02T00:00:00Z",
  }));
  await importAll(store, all);
  const late = [count - 1, count];
  const categories = (name: string) =>
    Array.from({ length: 40 }, (_, n) => n === 7 ? name : `${n}`);
  const filters: [filter: Partial<MessageQuery>, found: number[], steps: number][] = [
    [{ categories: categories("late") }, late, 2],
    [{ categories: categories("none") }, [], 2],
    [{ correlation: "none" }, [], 2],
    [{ until: "2025-01-01T12:00:00Z", categories: ["late"] }, late, 0],
    // The end of the first run, in which there is one message.
    [{ until: "2025-01-01T12:00:00Z" }, [1, ...late], 1],
  ];
  for (const [filter, found, steps] of filters) {
    const told: number[] = [];
    const goesOn = (next: number) => told.push(next) > 0;
    const query = { from: 0, limit: Infinity, ...filter, goesOn };
    const messages = (await Array.fromAsync(store.readMessages(NS, query))).flat();
    assertEquals(messages.map(({ globalPosition }) => globalPosition), found);
    assertEquals(told.length, steps, `${JSON.stringify(filter)}: ${told}`);
    assertEquals(
      told.every((next, i) => next > (told[i - 1] ?? 1) && next <= count),
      true,
      `${told}`,
    );

    const ended = { ...query, goesOn: (next: number) => next > count };
    const some = (await Array.fromAsync(store.readMessages(NS, ended))).flat();
    assertEquals(some.length, steps === 0 ? found.length : steps === 1 ? 1 : 0);
    let lines = 0;
    for await (const page of store.readLines(NS, query)) {
      lines += page.filter((byte) => byte === 0x0a).length;
    }
    assertEquals(lines, found.length);
  }
});
