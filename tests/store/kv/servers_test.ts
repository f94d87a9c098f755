/**
 * Several processes on one file of Deno KV.
 *
 * @module
 */

import { join } from "node:path";
import { EventoDBClient } from "../../../mod.ts";
import { createToken } from "../../../src/auth/create_token.ts";
import { packRecords } from "../../../src/record/packed_records.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { startCli } from "../../support/cli.ts";
import {
  create,
  importAll,
  newMessage,
  NS,
  readAll,
  readStreamAll,
  record,
  records,
} from "../../contract/support.ts";
import { startKvChild, TemporaryKv } from "./store.ts";
import { twoServers } from "../two_servers.ts";

const folder = Deno.makeTempDirSync({ prefix: "eventodb-" });
Deno.test.afterAll(() => Deno.removeSync(folder, { recursive: true }));

twoServers("kv", () => Promise.resolve(`kv://${join(folder, `${crypto.randomUUID()}.kv`)}`));

Deno.test("eventodb serve on Deno KV runs with the permissions that docs/kv.md names", async () => {
  const path = join(folder, "permitted.kv");
  const token = createToken("default");
  await using serving = startCli(["serve", "--port", "0", "--db-url", `kv://${path}`], {
    env: { EVENTODB_TOKEN: token },
    permissions: [
      "--allow-net=127.0.0.1:0",
      "--allow-env=EVENTODB_*,NO_COLOR",
      `--allow-read=${folder}`,
      `--allow-write=${folder}`,
    ],
  });
  const [url] = await serving.sees(/http:\/\/127\.0\.0\.1:\d+/);
  const client = new EventoDBClient({ url, token });
  await client.streamWrite("account-1", { type: "Opened", data: {} });
  const { backend, connections } = await client.systemHealth();
  assertEquals([backend, connections], ["kv", 1]);
});

Deno.test("writes of several processes never share a position, and no reader misses one (kv)", async () => {
  await using file = new TemporaryKv();
  await using store = await file.open();
  await create(store, NS);
  const each = 300;
  const children = ["a", "b"].map((name) => startKvChild(file.path, "write", String(each), name));
  const own = Promise.all(
    Array.from({ length: each }, (_, n) => store.write(NS, `shared-${n % 5}`, newMessage())),
  );
  const total = 3 * each;
  let isOver = false;
  const over = Promise.all([own, ...children.map(({ process }) => process.status)])
    .then(() => isOver = true);
  const followed: number[] = [];
  for (let from = 1; followed.length < total;) {
    const wasOver = isOver;
    const page = (await readAll(store, { from, categories: ["shared"] })).map((message) =>
      message.globalPosition
    );
    followed.push(...page);
    from = (page.at(-1) ?? from - 1) + 1;
    if (wasOver && page.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await over;
  for (const { lines } of children) {
    assertEquals((await lines.read()).value, "done");
    await lines.cancel();
  }
  assertEquals(followed, Array.from({ length: total }, (_, n) => n + 1));
  const { messageCount, streamCount } = await store.namespaceInfo(NS);
  assertEquals([messageCount, streamCount], [total, 5]);
  for (let n = 0; n < 5; n++) {
    const positions = (await readStreamAll(store, `shared-${n}`)).map(({ position }) => position);
    assertEquals(positions, Array.from({ length: positions.length }, (_, index) => index));
    assertEquals(await store.streamVersion(NS, `shared-${n}`), positions.length - 1);
  }
});

Deno.test("a write waits for the import of another process (kv)", async () => {
  await using file = new TemporaryKv();
  await using store = await file.open({ importWaitMs: 60_000 });
  await create(store, NS);
  const { process, lines } = startKvChild(file.path, "import", "5000", "{}");
  assertEquals((await lines.read()).value, "begun");
  const { globalPosition } = await store.write(NS, "a-1", newMessage());
  assertEquals(globalPosition, 6_000);
  assertEquals((await lines.read()).value, "committed");
  assert((await process.status).success);
  await lines.cancel();
});

Deno.test("a store sees what another one has done to a namespace (kv)", async () => {
  await using file = new TemporaryKv();
  await using one = await file.open();
  await using other = await file.open();
  await create(one, NS);
  await one.write(NS, "a-1", newMessage());
  await other.write(NS, "a-1", newMessage(), 0);
  // What the first one remembers of the namespace's head is no longer true.
  assertEquals((await one.write(NS, "a-1", newMessage(), 1)).globalPosition, 3);
  await importAll(other, records(2), { force: true });
  assertEquals((await one.write(NS, "a-1", newMessage(), -1)).globalPosition, 4);
  await other.replaceToken(NS, "1".repeat(64));
  assertEquals((await one.findNamespace(NS))?.tokenHash, "1".repeat(64));
  assertEquals(await other.deleteNamespace(NS), 3);
  assertEquals(await one.findNamespace(NS), null);
  await create(other, NS);
  assertEquals((await one.write(NS, "a-1", newMessage(), -1)).globalPosition, 1);
});

Deno.test("imports of two stores into one namespace refuse each other (kv)", async () => {
  await using file = new TemporaryKv();
  await using one = await file.open();
  await using other = await file.open();
  await create(one, NS);
  const outcomes = await Promise.allSettled([one.beginImport(NS), other.beginImport(NS)]);
  const begun = outcomes.flatMap((outcome) =>
    outcome.status === "fulfilled" ? [outcome.value] : []
  );
  const codes = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason.code] : []
  );
  assertEquals([begun.length, codes], [1, ["IMPORT_IN_PROGRESS"]]);
  await begun[0]!.write(packRecords([record({ globalPosition: 1 })]));
  await begun[0]!.commit();
  assertEquals((await readAll(other)).length, 1);
});
