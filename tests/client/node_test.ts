import { assertEquals } from "../support/assert.ts";
import { lineOf } from "../support/history.ts";
import { startServer } from "../support/server.ts";

const hasNode = await new Deno.Command("node", { args: ["--version"] }).output()
  .then(({ success }) => success, () => false);

const script = `
import { EventoDBClient, rawJson } from "./client.mjs";
const [url, token, line] = process.argv.slice(2);
const client = new EventoDBClient({ url, token });
const written = await client.streamWrite("account-1", {
  type: "Deposited",
  data: rawJson('{"cents":9007199254740993}'),
});
const [message] = await client.streamGet("account-1", { raw: true });
const { imported } = await client.upload(new Blob([line]).stream());
const gone = new EventoDBClient({ url: "http://127.0.0.1:9", retries: 1, retryDelayMs: 1 });
const { code } = await gone.version().catch((error) => error);
console.log(JSON.stringify({ written, data: message.data, imported, code }));
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
      await Deno.writeTextFile(
        `${folder}/entry.ts`,
        `export { EventoDBClient } from "${href}client.ts";\n` +
          `export { rawJson } from "${href}raw_json.ts";\n`,
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
