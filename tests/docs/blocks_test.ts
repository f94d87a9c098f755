/**
 * Every block that a document shows is run or looked at by a test: those of a language as the table says,
 * the others here, one by one.
 */

import { parseRecord } from "../../src/record/parse.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { lastJson, runCli } from "../support/cli.ts";
import { eventsOf, lineOf, sendImport } from "../support/history.ts";
import { startCluster } from "../support/postgres.ts";
import { call, startServer } from "../support/server.ts";
import { checkout } from "./documents.ts";
import { type FencedBlock, fencedBlocks } from "./fenced_blocks.ts";
import { shownCommands } from "./shell_blocks.ts";

/** Which test runs the blocks of a language. */
const testOfLanguage: Readonly<Record<string, string>> = {
  sh: "tests/docs/commands_test.ts and backup_test.ts type them",
  ts: "deno test --doc runs them",
  nginx: "tests/docs/proxies_test.ts",
  haproxy: "tests/docs/proxies_test.ts",
  ini: "tests/docs/service_test.ts",
  yaml: "tests/docs/masking_test.ts",
};

type Check = (block: FencedBlock) => void | Promise<void>;

/** The others: where they stand, what they begin with, and how they are looked at. */
const checks: readonly (readonly [path: string, begins: string, check: Check])[] = [
  ["README.md", "stream ", isWhatTheDemoShows],
  // tests/client/installed_test.ts runs these two.
  ["docs/client.md", "// deposit.mjs", () => {}],
  ["docs/client.md", "// import.js", () => {}],
  ["docs/cli.md", '{"ok":true,"events"', isWhatJsonGives],
  // tests/docs/masking_test.ts gets the same.
  ["docs/masking.md", "error: Masked values", () => {}],
  ["docs/kv.md", "DENO_KV_ACCESS_TOKEN=", asksTheRemoteDatabase],
  ["docs/postgres.md", "CREATE ROLE", preparesADatabase],
  ["docs/postgres.md", "SELECT global_position", () => {}], // Run with the one above.
  ["docs/protocol.md", ": ready", isWhatASubscriberGets],
  ["docs/protocol.md", "{\n", isARecord],
  ["docs/protocol.md", 'data: {"imported"', isWhatAnImportSends],
];

const blocks = fencedBlocks();
const one = (path: string, begins: string) =>
  blocks.filter((block) => block.path === path && block.text.startsWith(begins));

Deno.test("every block of the documents is run or looked at by a test", () => {
  const unseen = blocks.filter(({ path, language, text }) =>
    testOfLanguage[language] === undefined &&
    !checks.some(([checked, begins]) => checked === path && text.startsWith(begins))
  );
  assertEquals(unseen.map(({ path, line, language }) => `${path}:${line} ${language}`), []);
  for (const block of blocks.filter(({ language }) => language === "sh")) {
    assert(
      shownCommands(`\`\`\`sh\n${block.text}\`\`\`\n`).length > 0,
      `${block.path}:${block.line}: there are commands in it`,
    );
  }
});

Deno.test("every pipe that a document shows fails when one of its commands does", () => {
  for (const { path, line, language, text } of blocks) {
    if (language !== "sh" || !/[^|]\|([^|]|$)/m.test(text)) continue;
    assert(text.startsWith("set -o pipefail\n"), `${path}:${line} begins with set -o pipefail`);
  }
});

Deno.test("every marked block is closed, and has a language", () => {
  const marks = (path: string) =>
    Deno.readTextFileSync(`${checkout}${path}`).match(/^ *```/gm)?.length ?? 0;
  for (const path of new Set(blocks.map(({ path }) => path))) {
    const inside = blocks.filter((block) => block.path === path);
    assertEquals(marks(path), inside.length * 2, path);
  }
});

for (const [path, begins, check] of checks) {
  Deno.test(`${path} shows what is so: ${begins.split("\n")[0]}`, async () => {
    const found = one(path, begins);
    assertEquals(found.length, 1, `${path} has one block that begins with ${begins}`);
    await check(found[0]!);
  });
}

async function isWhatTheDemoShows({ text }: FencedBlock): Promise<void> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", `${checkout}examples/demo.ts`],
    env: { NO_COLOR: "1" },
  }).output();
  const shown = new TextDecoder().decode(stdout).split("\n").map((line) => line.trim());
  for (const line of text.trimEnd().split("\n")) {
    assert(shown.includes(line), `${line}\nis not in\n${shown.join("\n")}`);
  }
}

/** The keys of the three lines are those of an export, an import, and one that failed. */
async function isWhatJsonGives({ text }: FencedBlock): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    await using server = await startServer();
    const connection = ["--url", server.url, "--token", server.token, "--json"];
    await Deno.writeTextFile(`${folder}/july.ndjson`, lineOf(1) + lineOf(2));
    const input = ["--input", `${folder}/july.ndjson`];
    const imported = await runCli(["import", ...connection, ...input]);
    const exported = await runCli(["export", ...connection, "--all", "--output", "out.ndjson"], {
      cwd: folder,
    });
    const failed = await runCli(["import", ...connection, ...input]);
    const real = [exported, imported, failed].map(({ stdout }) => keysOf(lastJson(stdout)));
    assertEquals(text.trimEnd().split("\n").map((line) => keysOf(JSON.parse(line))), real);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The names of an object's fields, and of those in its fields. */
function keysOf(value: object): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === "object" && inner !== null
      ? [key, ...keysOf(inner).map((name) => `${key}.${name}`)]
      : [key]
  );
}

/** The command, with a server in place of the remote database: it is asked, and given the access token. */
async function asksTheRemoteDatabase({ text }: FencedBlock): Promise<void> {
  const [, remote, path] =
    /^DENO_KV_ACCESS_TOKEN=… eventodb serve --db-url (kv\+https:\/\/[^/]+)(\S+)\n$/
      .exec(text)!;
  const asked: string[] = [];
  await using database = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => {
      asked.push(`${new URL(request.url).pathname} ${request.headers.get("Authorization")}`);
      return new Response(null, { status: 401 });
    },
  );
  const here = `kv+http://127.0.0.1:${database.addr.port}`;
  const url = `${remote}${path}`.replace(remote!, here);
  const { status } = await runCli(["serve", "--port", "0", "--db-url", url], {
    env: { DENO_KV_ACCESS_TOKEN: "secret" },
    permissions: ["--allow-all", "--unstable-kv"],
  });
  assertEquals([status, asked[0]], [1, `${path} Bearer secret`]);
}

async function preparesADatabase({ text }: FencedBlock): Promise<void> {
  await using postgres = await startCluster();
  // The alternative stands in a comment.
  for (const statement of text.replaceAll(/^-- .*: /gm, "").trim().split(/;?\n/)) {
    await postgres.run(statement);
  }
  const url = new URL(await postgres.createDatabase());
  [url.username, url.password, url.pathname] = ["eventodb", "secret", "/events"];
  await using server = await startServer({ dbUrl: url.href });
  await call(server, "stream.write", "account-123", { type: "Deposited", data: { amount: 10 } });
  const [select] = one("docs/postgres.md", "SELECT global_position");
  const [row] = await postgres.run(select!.text, url.href);
  assertEquals(Object.values(row!), ["1", "Deposited", "10"]);
}

function isARecord({ text }: FencedBlock): void {
  parseRecord(text, 1);
}

/** The record above it is imported: then its poke is the one that is shown, but for the stream's name. */
async function isWhatASubscriberGets({ text }: FencedBlock): Promise<void> {
  await using server = await startServer();
  const record = lineOf(1, { stream: "account-123", pos: 0, gpos: 47 });
  await (await sendImport(server, record)).text();
  const response = await fetch(`${server.url}/subscribe?stream=account-123&token=${server.token}`);
  let received = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    received += chunk;
    if (received.includes("id: ")) break;
  }
  assertEquals(received.trimEnd(), text.trimEnd());
}

async function isWhatAnImportSends({ text }: FencedBlock): Promise<void> {
  await using server = await startServer();
  const lines = Array.from({ length: 2_000 }, (_, index) => lineOf(index + 1)).join("");
  const sent = eventsOf(await (await sendImport(server, lines)).text());
  const shown = eventsOf(`${text.trimEnd()}\n\n`);
  const [progress, done] = [shown[0], shown.at(-1)!];
  assertEquals(keysOf(done), keysOf(sent.at(-1)!));
  assertMatch(sent.at(-1)!.elapsed!, /^\d+\.\d+s$/);
  for (const event of sent.slice(0, -1)) assertEquals(keysOf(event), keysOf(progress!));
  const failed = eventsOf(await (await sendImport(server, lines)).text()).at(-1)!;
  const page = Deno.readTextFileSync(`${checkout}docs/protocol.md`);
  const shownError = JSON.parse(/`data: (\{"error".*?\})`/.exec(page)![1]!);
  assertEquals([keysOf(failed), failed.error], [keysOf(shownError), shownError.error]);
}
