import { assertEquals } from "../support/assert.ts";
import { lineOf } from "../support/history.ts";
import { startServer } from "../support/server.ts";

const hasNode = await new Deno.Command("node", { args: ["--version"] }).output()
  .then(({ success }) => success, () => false);

const script = `
import { consume, EventoDBClient, MemoryPositionStore, rawJson } from "./client.mjs";
const [url, token, line] = process.argv.slice(2);
const client = new EventoDBClient({ url, token });
const written = await client.streamWrite("account-1", {
  type: "Deposited",
  data: rawJson('{"cents":9007199254740993}'),
});
const [message] = await client.streamGet("account-1", { raw: true });
const { imported } = await client.upload(new Blob([line]).stream());
const read = [];
for await (const { type } of client.readCategory("", { batchSize: 1 })) read.push(type);
const pokes = [];
for await (const poke of client.subscribeToAll()) {
  if (pokes.push(poke.globalPosition) === 2) break;
}
const end = new AbortController();
const positionStore = new MemoryPositionStore();
// The second message comes while the consumer waits for a poke.
await consume(client, "account", async ({ position }) => {
  if (position === 1) return end.abort();
  setTimeout(() => client.streamWrite("account-1", { type: "Closed", data: {} }));
}, { positionStore, signal: end.signal });
const gone = new EventoDBClient({ url: "http://127.0.0.1:9", retries: 1, retryDelayMs: 1 });
const { code } = await gone.version().catch((error) => error);
const consumed = positionStore.load();
console.log(JSON.stringify({
  written, data: message.data, imported, read, pokes, consumed, code,
}));
`;

Deno.test({
  name: "EventoDBClient works in Node",
  // The client is the one part that is not for Deno alone; without Node there is nothing to see.
  ignore: !hasNode,
  async fn() {
    await using server = await startServer();
    const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
    try {
      const { href } = new URL("../../src/client/", import.meta.url);
      const { href: consumer } = new URL("../../src/consumer/", import.meta.url);
      await Deno.writeTextFile(
        `${folder}/entry.ts`,
        `export { EventoDBClient } from "${href}client.ts";\n` +
          `export { rawJson } from "${href}raw_json.ts";\n` +
          `export { consume } from "${consumer}consume.ts";\n` +
          `export { MemoryPositionStore } from "${consumer}position_store.ts";\n`,
      );
      await Deno.writeTextFile(`${folder}/script.mjs`, script);
      await run(Deno.execPath(), [
        ...["bundle", "--quiet", "--platform", "browser"],
        ...["--config", new URL("../../deno.json", import.meta.url).pathname],
        ...["--output", `${folder}/client.mjs`, `${folder}/entry.ts`],
      ]);
      const line = lineOf(9);
      const output = await run("node", [
        ...[`${folder}/script.mjs`, server.url, server.token, line],
      ]);
      assertEquals(JSON.parse(output), {
        written: { position: 0, globalPosition: 1 },
        data: '{"cents":9007199254740993}',
        imported: 1,
        read: ["Deposited", "Loaded"],
        pokes: [1, 9],
        consumed: 10,
        code: "CONNECTION_FAILED",
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function run(command: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
