/**
 * One process a data folder.
 *
 * @module
 */

import { EventoDBError } from "../../../src/errors.ts";
import { sqliteLockPollMs, sqliteLockUnreadableMs } from "../../../src/store/sqlite/limits.ts";
import { delay } from "../../../src/deps/delay.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../../support/assert.ts";
import { assertCode } from "../../contract/support.ts";
import { openStore } from "../../../src/store/open.ts";
import { startChild, TemporaryFolder } from "./folder.ts";

Deno.test("openStore() refuses a folder that another process has, naming it", async () => {
  using folder = new TemporaryFolder();
  const { child, words } = await startChild("holding_child.ts", [folder.path]);
  const error = await assertRejects(() => folder.open(), EventoDBError);
  assertEquals(error.code, "BACKEND_ERROR");
  assertStringIncludes(error.message, `process ${child.pid}`);
  assertStringIncludes(error.message, folder.path);
  child.kill("SIGKILL");
  await words.cancel();
  await child.status;
});

Deno.test("openStore() takes over the folder of a process that was killed", async () => {
  using folder = new TemporaryFolder();
  const { child, words } = await startChild("holding_child.ts", [folder.path]);
  child.kill("SIGKILL");
  await words.cancel();
  await child.status;
  await using store = await folder.open();
  assertEquals(await store.listNamespaces(), []);
});

Deno.test("openStore() refuses a folder that this process has open", async () => {
  using folder = new TemporaryFolder();
  await using store = await folder.open();
  await assertRejects(() => folder.open(), EventoDBError, `this process (${Deno.pid})`);
  assertEquals(await store.listNamespaces(), []);
});

Deno.test("openStore() waits for a holder that says it is closing", async () => {
  using folder = new TemporaryFolder();
  const first = await folder.open();
  first.closeSoon?.();
  const opening = folder.open();
  // The holder goes on with what it is doing, and only then lets go: long after the first attempt.
  await new Promise((resolve) => setTimeout(resolve, 200));
  await first.createNamespace({ id: "a", tokenHash: "", description: "", metadata: null });
  await first[Symbol.asyncDispose]();
  await using second = await opening;
  assertEquals((await second.listNamespaces()).map(({ namespace }) => namespace), ["a"]);
});

Deno.test("openStore() waits on while a closing holder's lock file is empty for a short time", async () => {
  using folder = new TemporaryFolder();
  const first = await folder.open();
  first.closeSoon?.();
  const opening = folder.open();
  opening.catch(() => {});
  // So long that an unreadable file alone would be a reason to give up.
  await delay(sqliteLockUnreadableMs + 3 * sqliteLockPollMs);
  Deno.truncateSync(folder.file("eventodb.lock"));
  await delay(4 * sqliteLockPollMs);
  await first[Symbol.asyncDispose]();
  await using second = await opening;
  assertEquals(await second.listNamespaces(), []);
});

Deno.test({
  name: "openStore() says that it may not write in the folder",
  // Nobody may make files there, not even the user that may do everything else.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await assertCode(
      () => openStore("sqlite://meta.db", { dataDir: "/sys/kernel" }),
      "BACKEND_ERROR",
      'Cannot write to the data folder "/sys/kernel"',
    );
  },
});

Deno.test("openStore() lets go of the folder when it fails", async () => {
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(folder.file("meta.db"), "no database ".repeat(1000));
  await assertRejects(() => folder.open(), EventoDBError, "not a SQLite database");
  Deno.removeSync(folder.file("meta.db"));
  await using store = await folder.open();
  assertEquals(await store.listNamespaces(), []);
});
