/**
 * Database URLs.
 *
 * @module
 */

import { join } from "node:path";
import { openStore } from "../../src/store/open.ts";
import { assert, assertEquals, assertFalse } from "../support/assert.ts";
import { denoVersion } from "../support/deno_versions.ts";
import { assertCode } from "../contract/support.ts";
import { TemporaryFolder } from "./sqlite/folder.ts";

Deno.test("openStore() keeps a SQLite store in the URL's own folder", async () => {
  using folder = new TemporaryFolder();
  // The folder is made, and a name is decoded as in any URL.
  await using store = await openStore(`sqlite://${folder.path}/new/my%20data.db`);
  assertEquals(store.backend, "sqlite");
  assert(Deno.statSync(folder.file("new/my data.db")).isFile);
});

Deno.test("openStore() keeps a SQLite store in the data folder", async () => {
  using folder = new TemporaryFolder();
  const dataDir = folder.file("data");
  await using _store = await openStore("sqlite://meta.db", { dataDir });
  assert(Deno.statSync(join(dataDir, "meta.db")).isFile);
});

Deno.test("openStore() makes no file for sqlite://memory", async () => {
  using folder = new TemporaryFolder();
  await using _store = await openStore("sqlite://memory", { dataDir: folder.file("data") });
  assertFalse(folder.names().includes("data"));
});

for (const version of ["2.8.0", Deno.version.deno]) {
  const deno = await denoVersion(version);
  Deno.test({
    name: `openStore() opens several stores at once in a new process (Deno ${version})` +
      (deno.path === null ? ` (not run: ${deno.reason})` : ""),
    ignore: deno.path === null,
    async fn() {
      using folder = new TemporaryFolder();
      const program = folder.file("program.ts");
      const server = new URL("../../server.ts", import.meta.url).href;
      await Deno.writeTextFile(
        program,
        `import { openStore } from "${server}";
        const urls = ["sqlite://memory", "sqlite://memory"];
        for (const store of await Promise.all(urls.map((url) => openStore(url)))) {
          await store[Symbol.asyncDispose]();
        }`,
      );
      const { success, stderr } = await new Deno.Command(deno.path!, {
        args: ["run", "--no-check", "--allow-all", "--unstable-kv", program],
        env: deno.env,
      }).output();
      assert(success, new TextDecoder().decode(stderr));
    },
  });
}

Deno.test("openStore() refuses what is no database URL, and says what is", async () => {
  const urls = [
    "",
    "memory",
    "meta.db",
    "/var/lib/meta.db",
    "mysql://host/db",
    "file:///var/lib/meta.db",
    "sqlite://",
    "sqlite:///",
    "sqlite://data/",
    "sqlite://..",
    "sqlite://data/..",
    "sqlite://%zz.db",
    "sqlite://a%00.db",
    "sqlite://meta.db?mode=memory",
    "sqlite://meta.db#x",
    "sqlite://:memory:",
    "sqlite://file:meta.db",
    "kv://:memory:",
  ];
  for (const url of urls) await assertCode(() => openStore(url), "INVALID_REQUEST", "sqlite://");
});

Deno.test("openStore() lets no name out of the data folder", async () => {
  using folder = new TemporaryFolder();
  const dataDir = folder.file("data");
  const names = ["../meta.db", "/meta.db", "sub/meta.db", "%2e%2e%2fmeta.db", "..\\meta.db"];
  for (const name of names) {
    await assertCode(() => openStore(`sqlite://${name}`, { dataDir }), "INVALID_REQUEST", "data");
  }
  assertEquals(folder.names(), []);
});

Deno.test("openStore() never repeats a password", async () => {
  const error = await assertCode(
    () => openStore("mysql://me:secret@host/db"),
    "INVALID_REQUEST",
    "host/db",
  );
  assertFalse(error.message.includes("secret"));
});
