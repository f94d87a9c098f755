import { gzipSync } from "node:zlib";
import { assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { lastJson, runCli } from "../support/cli.ts";
import { lineOf } from "../support/history.ts";
import { startServer } from "../support/server.ts";

/** A server, and a folder with files of some lines each. */
async function setUp(files: Record<string, string | Uint8Array<ArrayBuffer>>) {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startServer());
  const cwd = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  undo.defer(() => Deno.remove(cwd, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(`${cwd}/${name}`, bytes);
  }
  const connection = ["--url", server.url, "--token", server.token];
  const resources = undo.move();
  return {
    cwd,
    connection,
    run: (args: string[], stdin?: string) =>
      runCli(["import", ...connection, ...args], { cwd, stdin }),
    export: async () =>
      (await runCli(["export", ...connection, "--all", "-q", "--allow-empty"])).stdout,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const linesOf = (...numbers: number[]) => numbers.map((n) => lineOf(n)).join("");
const zipped = (text: string) => new Uint8Array(gzipSync(text));

Deno.test("eventodb import takes several files as one, compressed or not, in any order", async () => {
  await using test = await setUp({
    // Without a line end, with a byte order mark, with blank lines, and with positions in between.
    "a.ndjson": linesOf(1, 4).trimEnd(),
    "b.ndjson.gz": zipped(`\ufeff${linesOf(2, 6)}\n\n`),
    "c.ndjson": `\ufeff${linesOf(5)}`,
  });
  const args = ["a.ndjson", "--input", "b.ndjson.gz", "-", "c.ndjson", "--json"];
  const { status, stdout, stderr } = await test.run(args, linesOf(3));
  assertEquals(status, 0, stderr);
  assertStringIncludes(stderr, "Importing b.ndjson.gz and 3 other files into the namespace");
  assertEquals(lastJson(stdout).imported, 6);
  assertEquals(await test.export(), linesOf(1, 2, 3, 4, 5, 6));
});

Deno.test("eventodb import of several files names the file and its line, and changes nothing", async () => {
  await using test = await setUp({
    "a.ndjson": linesOf(1, 2).trimEnd(),
    "bad.ndjson.gz": zipped(`\n${linesOf(3)}{"id":1}\n`),
    "twice.ndjson": `\n${linesOf(2)}`,
    "cut.gz": zipped(linesOf(7)).slice(0, -8),
  });
  const bad = await test.run(["a.ndjson", "bad.ndjson.gz", "--json"]);
  assertEquals(bad.status, 1);
  assertStringIncludes(bad.stderr, "error: Cannot import line 3 of bad.ndjson.gz: ");
  const { error } = lastJson(bad.stdout) as { error: Record<string, unknown> };
  assertEquals([error.line, error.details], [3, { input: "bad.ndjson.gz" }]);

  const twice = await test.run(["a.ndjson", "twice.ndjson"]);
  assertMatch(
    twice.stderr,
    /Cannot import line 2 of twice\.ndjson .* is taken by line 2 of a\.ndjson, message/,
  );
  const cut = await test.run(["a.ndjson", "cut.gz"]);
  assertStringIncludes(cut.stderr, "Cannot import cut.gz: the gzip data is cut short");
  assertStringIncludes(cut.stderr, "Nothing was imported: the namespace is as it was");
  assertEquals(await test.export(), "");
});

Deno.test("eventodb import of several files checks each against its manifest", async () => {
  await using test = await setUp({ "all.ndjson": linesOf(1, 2, 3, 4) });
  const { cwd } = test;
  for (const [name, to, from] of [["a.ndjson", "2", "1"], ["b.ndjson.gz", "4", "3"]] as const) {
    const bounds = ["--from-position", from, "--to-position", to];
    const args = ["export", "--input", "all.ndjson", "--all", ...bounds, "-q", "-o", name];
    assertEquals((await runCli(args, { cwd })).status, 0);
  }
  // As long as it was, and still gzip data.
  await Deno.writeFile(`${cwd}/b.ndjson.gz`, zipped(linesOf(3, 5)));
  const refused = await test.run(["a.ndjson", "b.ndjson.gz"]);
  assertEquals(refused.status, 1);
  assertMatch(refused.stderr, /Cannot import b\.ndjson\.gz: it is not the file that b\.ndjson/);
  assertEquals(await test.export(), "");
  const named = await test.run(["a.ndjson", "b.ndjson.gz", "--manifest", "a.ndjson.manifest.json"]);
  assertEquals(named.status, 2);
  await Deno.writeTextFile(`${cwd}/a.ndjson`, linesOf(1));
  const cut = await test.run(["b.ndjson.gz", "a.ndjson"]);
  assertMatch(
    cut.stderr,
    /a\.ndjson: it is not the file .*: it has \d+ bytes, not \d+ .*\nNothing was sent/,
  );
  const asIs = await test.run(["a.ndjson", "b.ndjson.gz", "--no-manifest", "--gzip"]);
  assertEquals(asIs.status, 0, asIs.stderr);
  assertEquals(await test.export(), linesOf(1, 3, 5));
});

Deno.test("eventodb import of several files looks at all of them before it sends any", async () => {
  await using test = await setUp({
    "a.ndjson": linesOf(1),
    "empty.ndjson": "\n",
    "array.json": "[{}]",
  });
  const wrong: [string[], number, RegExp][] = [
    [["a.ndjson", "empty.ndjson"], 1, /Cannot import empty\.ndjson: it holds no record/],
    [
      ["a.ndjson", "array.json"],
      1,
      /Cannot import array\.json: it is a JSON array.*\nNothing was sent/,
    ],
    [["a.ndjson", "none.ndjson"], 1, /Cannot read none\.ndjson: there is no such file/],
    [["-", "a.ndjson", "-"], 2, /Standard input cannot be read twice/],
  ];
  for (const [args, status, problem] of wrong) {
    const result = await test.run(args, "");
    assertEquals(result.status, status);
    assertMatch(result.stderr, problem);
  }
  const allowed = await test.run(["empty.ndjson", "a.ndjson", "--allow-empty"]);
  assertEquals(allowed.status, 0, allowed.stderr);
  assertEquals(await test.export(), linesOf(1));
});
