import { formatRecord } from "../../src/record/format.ts";
import { EventoDBClient, importEvents } from "../../mod.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { lastJson, runCli } from "../support/cli.ts";
import { recordBody, sampleMessages } from "../support/events.ts";
import { startServer } from "../support/server.ts";

const messages = [...sampleMessages({ count: 1200 })];
const lines = messages.map((message) => `${formatRecord(message)}\n`);

async function withFolder() {
  const cwd = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  await Deno.writeTextFile(`${cwd}/july.ndjson`, lines.join(""));
  return { cwd, [Symbol.asyncDispose]: () => Deno.remove(cwd, { recursive: true }) };
}

Deno.test("eventodb diff shows what a service wrote after the copy", async () => {
  await using folder = await withFolder();
  await using server = await startServer();
  const { url, token } = server;
  await importEvents(recordBody(messages), { url, token });
  const args = ["diff", "july.ndjson", url, "--token", token];
  const same = await runCli(args, folder);
  assertEquals([same.status, same.stderr], [0, ""]);
  assertStringIncludes(same.stdout, "They are the same");

  await new EventoDBClient({ url, token }).streamWrite("workflow-1", { type: "Ended", data: {} });
  const { status, stdout } = await runCli(args, folder);
  assertEquals(status, 1);
  const next = messages.at(-1)!.globalPosition + 1;
  assertStringIncludes(stdout, "Only in A: 0, only in B: 1, different: 0\n");
  assertStringIncludes(stdout, `  only in B, global position ${next}: Ended of workflow-1\n`);
  const json = lastJson((await runCli([...args, "--json"], folder)).stdout);
  assertEquals([json.same, json.onlyB], [false, 1]);
});

Deno.test("eventodb diff shows fields and paths that differ, and ignores those that are given", async () => {
  await using folder = await withFolder();
  const changed = lines.with(
    3,
    lines[3]!.replace(/"time":"[^"]*"/, '"time":"2020-01-01T00:00:00Z"'),
  );
  const args = ["diff", "july.ndjson", "-"];
  const { status, stdout } = await runCli(args, { ...folder, stdin: changed.join("") });
  assertEquals(status, 1);
  assertStringIncludes(stdout, `    time: ${messages[3]!.time} → 2020-01-01T00:00:00Z\n`);
  const ignoring = [...args, "--ignore", "time"];
  assertEquals((await runCli(ignoring, { ...folder, stdin: changed.join("") })).status, 0);
});

Deno.test("eventodb diff ends with 3 when there is nothing that it could compare, and 2 for wrong usage", async () => {
  await using folder = await withFolder();
  const cases: [args: string[], status: number, said: string][] = [
    [["july.ndjson", "none.ndjson"], 3, "Cannot read none.ndjson"],
    [["july.ndjson", "http://127.0.0.1:9", "--token", "ns_x"], 3, "127.0.0.1:9"],
    [["july.ndjson", "http://127.0.0.1:9", "--token", "ns_x"], 3, "Check the address, and"],
    [["http://a", "http://b"], 2, "Two servers cannot be compared at once"],
    [["-", "-"], 2, "Standard input cannot be both sides"],
    [["july.ndjson"], 2, "diff needs B"],
    [["july.ndjson", "july.ndjson", "--ignore", "stream"], 2, "--ignore must be some of"],
  ];
  await Promise.all(cases.map(async ([args, status, said]) => {
    const ended = await runCli(["diff", ...args], folder);
    assertEquals(ended.status, status, ended.stderr);
    assertStringIncludes(ended.stderr, said);
  }));
  await Deno.writeTextFile(`${folder.cwd}/back.ndjson`, lines[5]! + lines[2]!);
  const back = await runCli(["diff", "july.ndjson", "back.ndjson"], folder);
  assertEquals(back.status, 3);
  assert(/Cannot compare back\.ndjson: global position \d+ comes after/.test(back.stderr));
});

Deno.test("eventodb diff says which of its files is damaged", async () => {
  await using folder = await withFolder();
  const { cwd } = folder;
  await Deno.writeTextFile(`${cwd}/bad.ndjson`, `${lines[0]}{"oops\n`);
  const zipped = new Blob([lines.join("")]).stream().pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(`${cwd}/cut.gz`, (await new Response(zipped).bytes()).subarray(0, 5000));
  const said: [name: string, problem: string][] = [
    ["bad.ndjson", "Cannot compare bad.ndjson: line 2: "],
    ["cut.gz", "Cannot compare cut.gz: the gzip data is cut short"],
  ];
  for (const [name, problem] of said) {
    for (const files of [[name, "july.ndjson"], ["july.ndjson", name]]) {
      const { status, stdout, stderr } = await runCli(["diff", ...files, "--json"], folder);
      assertEquals([status, stdout], [3, ""]);
      assertStringIncludes(stderr, problem);
    }
  }
});
