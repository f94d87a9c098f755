import { packRecords } from "../../src/record/packed_records.ts";
import { openStore } from "../../server.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { runCli } from "../support/cli.ts";
import { startServer } from "../support/server.ts";
import { newMessage } from "../contract/support.ts";

const options = {
  ignore: Deno.build.os === "windows", // It has no such modes.
};

async function tempFolder() {
  const path = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** The modes of what is in a folder, by name. */
function modesIn(folder: string): Record<string, string> {
  const entries = [...Deno.readDirSync(folder)].map((
    { name },
  ) => [name, modeOf(`${folder}/${name}`)]);
  return Object.fromEntries(entries);
}

function modeOf(path: string): string {
  return (Deno.statSync(path).mode! & 0o777).toString(8);
}

Deno.test("a store's folder and files are their owner's alone", options, async () => {
  await using folder = await tempFolder();
  for (const [name, url] of [["sqlite", "sqlite://e.db"], ["kv", "kv://e.kv"]] as const) {
    const dataDir = `${folder.path}/${name}`;
    await using store = await openStore(url, { dataDir });
    for (const id of ["a", "b"]) {
      await store.createNamespace({
        id,
        tokenHash: "0".repeat(64),
        description: "",
        metadata: null,
      });
      await store.write(id, "account-1", newMessage());
    }
    await using unit = await store.beginImport("a", { force: true });
    await unit.write(packRecords([{
      ...newMessage(),
      stream: "b-1",
      position: 0,
      globalPosition: 1,
      line: 1,
      time: "2025-07-15T10:00:00Z",
    }]));
    await unit.commit();
    assertEquals(modeOf(dataDir), "700");
    const modes = modesIn(dataDir);
    assert(Object.keys(modes).length >= 3, JSON.stringify(modes));
    assertEquals(Object.entries(modes).filter(([, mode]) => mode !== "600"), []);
  }
});

Deno.test(
  "a folder and files that are there keep the mode that somebody chose",
  options,
  async () => {
    await using folder = await tempFolder();
    const url = `sqlite://${folder.path}/e.db`;
    await (await openStore(url))[Symbol.asyncDispose]();
    Deno.chmodSync(folder.path, 0o750);
    Deno.chmodSync(`${folder.path}/e.db`, 0o640);
    await (await openStore(url))[Symbol.asyncDispose]();
    assertEquals(modeOf(folder.path), "750");
    assertEquals(modesIn(folder.path)["e.db"], "640");
  },
);

Deno.test(
  "eventodb export makes a file that is its owner's alone, and keeps the mode of one",
  options,
  async () => {
    await using folder = await tempFolder();
    await using server = await startServer();
    const env = { EVENTODB_URL: server.url, EVENTODB_TOKEN: server.token };
    const output = `${folder.path}/events.ndjson`;
    const args = ["export", "--all", "--output", output, "--allow-empty"];
    assertEquals((await runCli(args, { env })).status, 0);
    assertEquals(modeOf(output), "600");
    Deno.chmodSync(output, 0o644);
    assertEquals((await runCli(args, { env })).status, 0);
    assertEquals(modeOf(output), "644");
  },
);
