import { createHash } from "node:crypto";
import { EventoDBClient, importEvents } from "../../mod.ts";
import { formatRecord } from "../../src/record/format.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { lastJson, runCli } from "../support/cli.ts";
import { recordBody, sampleMessages } from "../support/events.ts";
import { startGoServer } from "../support/go_server.ts";
import { startServer } from "../support/server.ts";

const messages = [...sampleMessages({ count: 1200 })];
const lines = messages.map((message) => `${formatRecord(message)}\n`);
const category = messages[0]!.stream.split("-")[0]!;

/** A server with all events, and an export of one category of it. */
async function setUp() {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startServer());
  const { url, token } = server;
  await importEvents(recordBody(messages), { url, token });
  const cwd = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  undo.defer(() => Deno.remove(cwd, { recursive: true }));
  const connection = ["--url", url, "--token", token];
  const args = ["export", ...connection, "--categories", category, "-o", "some.ndjson"];
  const exported = await runCli(args, { cwd });
  assertEquals(exported.status, 0, exported.stderr);
  const resources = undo.move();
  return {
    cwd,
    connection,
    client: new EventoDBClient({ url, token }),
    /** Runs `verify`, and gives its status and what it found. */
    async verify(...args: string[]) {
      const { status, stdout, stderr } = await runCli(["verify", ...args, "--json"], { cwd });
      return { status, stderr, ...(stdout === "" ? {} : lastJson(stdout)) } as Found;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

interface Found {
  status: number;
  stderr: string;
  counts: Record<string, number>;
  problems: { kind: string; line?: number; position?: number; stream?: string; message: string }[];
  compared?: string[];
}

Deno.test("eventodb verify --url compares a file with a namespace, and --complete what it lacks", async () => {
  await using test = await setUp();
  const { cwd, connection, client } = test;
  const whole = await test.verify("some.ndjson", ...connection, "--complete");
  assertEquals([whole.status, whole.counts], [0, {}], whole.stderr);

  const [first, second, ...rest] = (await Deno.readTextFile(`${cwd}/some.ndjson`))
    .trimEnd().split("\n");
  // One event is gone, one is another one, and one is new.
  const changed = second!.replace(/"type":"[^"]*"/, '"type":"Changed"');
  const extra = formatRecord({
    ...messages.at(-1)!,
    id: "new",
    stream: `${category}-new`,
    position: 3,
    globalPosition: 99999,
  });
  await Deno.writeTextFile(`${cwd}/some.ndjson`, [changed, ...rest, extra, ""].join("\n"));
  await client.streamWrite(`${category}-1`, { type: "Written", data: {} });

  const part = await test.verify("some.ndjson", ...connection, "--no-manifest");
  assertEquals([part.status, part.counts], [
    1,
    { differs: 1, missing_in_store: 1, next_write: 2 },
  ]);
  assertEquals(part.problems.map(({ kind, line }) => [kind, line]), [
    ["differs", 1],
    ["missing_in_store", rest.length + 2],
    ["next_write", undefined],
    ["next_write", undefined],
  ]);
  assertStringIncludes(part.problems[0]!.message, "they differ in type");
  assertEquals(part.problems[3]!.stream, `${category}-new`);

  const all = await test.verify("some.ndjson", ...connection, "--complete");
  const { gpos } = JSON.parse(first!);
  // What was written after the export is not part of it.
  assertEquals([all.counts.missing_in_file, all.counts.missing_in_store], [1, 1]);
  assertEquals(all.problems.find(({ kind }) => kind === "missing_in_file")?.position, gpos);
  assertEquals((all.counts.manifest ?? 0) > 0, true);
});

Deno.test("eventodb verify --complete takes the options for a file without a manifest, and needs one of both", async () => {
  await using test = await setUp();
  const { cwd, connection } = test;
  await Deno.remove(`${cwd}/some.ndjson.manifest.json`);
  const unknown = await test.verify("some.ndjson", ...connection, "--complete");
  assertEquals(unknown.status, 3);
  assertStringIncludes(unknown.stderr, "it has no manifest, which says what it is to hold");
  const asked = await test.verify(
    ...["some.ndjson", ...connection, "--complete", "--categories", category],
  );
  assertEquals([asked.status, asked.counts], [0, {}], asked.stderr);
  const everything = await test.verify("some.ndjson", ...connection, "--complete", "--all");
  const others = messages.filter(({ stream }) => stream.split("-")[0] !== category).length;
  assertEquals(everything.counts, { missing_in_file: others });
  assertEquals(everything.problems.length, 20);

  const wrong: [string[], RegExp][] = [
    [["some.ndjson", "--types", "A"], /only --complete checks/],
    [["--complete", ...connection], /--complete needs a file/],
    [["--categories", "a", ...connection], /A selection needs a file/],
    [[], /address is missing/],
    [["some.ndjson", "--complete"], /address is missing/],
  ];
  for (const [args, problem] of wrong) {
    const { status, stderr } = await test.verify(...args);
    assertEquals(status, 2);
    assertMatch(stderr, problem);
  }
  // An address in the environment is no wish to compare.
  const alone = await runCli(["verify", "some.ndjson"], {
    cwd,
    env: { EVENTODB_URL: "http://127.0.0.1:9" },
  });
  assertEquals(alone.status, 0, alone.stderr);
  const away = await test.verify("some.ndjson", "--url", "http://127.0.0.1:9", "--retries", "0");
  assertEquals(away.status, 3);
});

Deno.test("eventodb verify --complete reads a selection from no manifest that it does not understand", async () => {
  await using test = await setUp();
  const { cwd, connection } = test;
  const path = `${cwd}/some.ndjson.manifest.json`;
  const { checksum: _, ...manifest } = JSON.parse(await Deno.readTextFile(path));
  manifest.selection.moonPhase = "full";
  const checksum = createHash("sha256").update(JSON.stringify(manifest)).digest("hex");
  await Deno.writeTextFile(path, JSON.stringify({ ...manifest, checksum }));
  const { status, stderr } = await test.verify("some.ndjson", ...connection, "--complete");
  assertEquals(status, 3);
  assertStringIncludes(
    stderr,
    'its selection has "moonPhase": "full", which this version does not know',
  );
  assertEquals((await test.verify("some.ndjson", ...connection)).status, 0);
});

Deno.test("eventodb verify --url checks a namespace itself, on servers written in Go as far as they report it", async () => {
  await using test = await setUp();
  const good = await test.verify(...test.connection);
  assertEquals([good.status, good.counts], [0, {}], good.stderr);
  assertEquals(good.compared, ["info", "categories", "streams", "category_index", "stream_index"]);
  const { stdout } = await runCli(["verify", ...test.connection], { cwd: test.cwd });
  assertMatch(stdout, /^the namespace "default" of http.*: 1,200 events, \d+ streams in \d+ /);
  assertStringIncludes(
    stdout,
    "Compared with ns.info, ns.categories, ns.streams, reads by category, ",
  );

  await using go = startGoServer(messages);
  const told = await test.verify("--url", go.url);
  assertEquals([told.status, told.compared], [0, ["category_index", "stream_index"]], told.stderr);
  const file = `${test.cwd}/all.ndjson`;
  await Deno.writeTextFile(file, lines.slice(0, -1).join(""));
  const complete = await test.verify(file, "--url", go.url, "--complete", "--all");
  assertEquals(complete.counts, { missing_in_file: 1 });
});

Deno.test("eventodb verify says of a masked file that only its own copy has the same events", async () => {
  await using test = await setUp();
  const { cwd, connection } = test;
  await Deno.writeTextFile(
    `${cwd}/policy.yaml`,
    `version: 1\nunknown: scramble\nstreams: {${category}: id(${category})}\n`,
  );
  const stream = messages[0]!.stream;
  const mask = ["--mask", "policy.yaml", "--quiet", "--allow-residuals", "--output"];
  for (const selection of [["--all"], ["--related-to", stream]]) {
    const args = ["export", ...connection, ...selection, ...mask, "masked.ndjson"];
    const masked = await runCli(args, { cwd });
    assertEquals(masked.status, 0, masked.stderr);
    const verify = ["verify", "masked.ndjson", "--complete", ...connection];
    const { status, stdout, stderr } = await runCli(verify, { cwd });
    assertEquals(status, selection.length === 1 ? 1 : 3, stderr);
    assertMatch(
      selection.length === 1 ? stdout : stderr,
      /^masked\.ndjson is masked: only a namespace that it was imported into has the same events$/m,
    );
  }
  const alone = await runCli(["verify", "masked.ndjson"], { cwd });
  assertEquals([alone.status, alone.stdout.includes("is masked")], [0, false], alone.stdout);
});
