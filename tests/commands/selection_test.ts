import { formatRecord } from "../../src/record/format.ts";
import type { Message } from "../../src/message.ts";
import { importEvents } from "../../mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { lastJson, runCli } from "../support/cli.ts";
import { recordBody } from "../support/events.ts";
import { startFailingServer } from "../support/failing_server.ts";
import { startServer } from "../support/server.ts";

const streams = ["order-1", "order-2", "order-2+items", "ship-1", "ship-2", "a,b-1", "plain"];
const types = ["Placed", "Paid", "Shipped"];

const messages: Message[] = Array.from({ length: 210 }, (_, i) => ({
  id: `id-${i}`,
  stream: streams[i % streams.length]!,
  type: types[i % types.length]!,
  position: Math.floor(i / streams.length),
  globalPosition: 2 * i + 1,
  data: `{"n":${i}}`,
  metadata: null,
  time: `2025-07-01T00:${String(Math.floor(i / 60)).padStart(2, "0")}:${
    String(i % 60).padStart(2, "0")
  }Z`,
}));

const linesOf = (wanted: (message: Message) => boolean) =>
  messages.filter(wanted).map((message) => `${formatRecord(message)}\n`).join("");

async function setUp() {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startServer());
  const { url, token } = server;
  await importEvents(recordBody(messages), { url, token });
  // The same server without GET /export: the command filters what category.get gives.
  const older = undo.use(
    startFailingServer(
      url,
      ({ path }) =>
        path === "/version" ? { change: (text) => text.replace(',"export"', "") } : undefined,
    ),
  );
  const cwd = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  undo.defer(() => Deno.remove(cwd, { recursive: true }));
  const many = ["plain", ...Array.from({ length: 3000 }, () => crypto.randomUUID()), "order-1"];
  await Deno.writeTextFile(`${cwd}/many.txt`, many.join("\n"));
  const resources = undo.move();
  const exported = async (args: string[], from = url) =>
    await runCli(["export", "--url", from, "--token", token, ...args], { cwd });
  return {
    cwd,
    exported,
    older: older.url,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const selections: [args: string[], wanted: (message: Message) => boolean][] = [
  [["--streams", "order-1"], ({ stream }) => stream === "order-1"],
  [["--streams", "order-2*,ship-1"], ({ stream }) => /^(order-2.*|ship-1)$/.test(stream)],
  [["--streams", "*-1"], ({ stream }) => stream.endsWith("-1")],
  [["--streams", "a\\,b-1"], ({ stream }) => stream === "a,b-1"],
  [["--streams", "@names.txt"], ({ stream }) => ["plain", "ship-2"].includes(stream)],
  // Each of a category of its own: more than fit into a request.
  [["--streams", "@many.txt"], ({ stream }) => ["plain", "order-1"].includes(stream)],
  [["--all", "--types", "P*"], ({ type }) => type.startsWith("P")],
  [
    ["--categories", "order,ship", "--streams", "order-*", "--exclude-types", "Paid"],
    ({ stream, type }) => stream.startsWith("order-") && type !== "Paid",
  ],
  [
    ["--all", "--exclude-categories", "order", "--exclude-streams", "ship-*"],
    ({ stream }) => !/^(order|ship)-/.test(stream),
  ],
  [
    ["--streams", "order-*", "--from-position", "50", "--to-position", "200", "--types", "Paid"],
    ({ stream, type, globalPosition }) =>
      stream.startsWith("order-") && type === "Paid" && globalPosition >= 50 &&
      globalPosition <= 200,
  ],
];

Deno.test("eventodb export selects streams and types, the same from any server", async () => {
  await using test = await setUp();
  await Deno.writeTextFile(`${test.cwd}/names.txt`, "plain\r\n\n ship-2 \n");
  for (const [args, wanted] of selections) {
    for (const url of [undefined, test.older]) {
      const { status, stdout, stderr } = await test.exported(args, url);
      assertEquals(status, 0, stderr);
      assertEquals(stdout, linesOf(wanted), args.join(" "));
    }
  }
});

Deno.test("eventodb export takes a slice of a file, the same as from a server", async () => {
  await using test = await setUp();
  const { cwd } = test;
  await Deno.writeTextFile(`${cwd}/names.txt`, "plain\nship-2\n");
  assertEquals((await test.exported(["--all", "--output", "all.ndjson.gz"])).status, 0);
  for (const [args, wanted] of selections) {
    const { status, stdout, stderr } = await runCli(
      ["export", "--input", "all.ndjson.gz", ...args],
      { cwd },
    );
    assertEquals(status, 0, stderr);
    assertEquals(stdout, linesOf(wanted), args.join(" "));
  }
  const window = ["--all", "--since", messages[50]!.time, "--until", messages[60]!.time];
  const stdin = linesOf(() => true);
  const piped = await runCli(["export", "--input", "-", ...window, "-o", "w.ndjson"], {
    cwd,
    stdin,
  });
  assertEquals(piped.status, 0, piped.stderr);
  assertStringIncludes(piped.stderr, "Exported 10 events");
  const manifest = JSON.parse(await Deno.readTextFile(`${cwd}/w.ndjson.manifest.json`));
  assertEquals([manifest.source, manifest.upTo], [{ file: "standard input" }, null]);
  assertEquals((await runCli(["verify", "w.ndjson"], { cwd })).status, 0);
});

Deno.test("eventodb export takes no slice of a file that is damaged or not in order", async () => {
  await using test = await setUp();
  const { cwd } = test;
  assertEquals((await test.exported(["--all", "--output", "all.ndjson"])).status, 0);
  const text = await Deno.readTextFile(`${cwd}/all.ndjson`);
  const exported = (input: string, ...more: string[]) =>
    runCli(["export", "--input", input, "--all", "-o", "out.ndjson", ...more], { cwd });
  await Deno.writeTextFile(`${cwd}/all.ndjson`, text.slice(0, text.lastIndexOf("{")));
  const cut = await exported("all.ndjson");
  assertEquals(cut.status, 1);
  assertStringIncludes(cut.stderr, "it is not the file that all.ndjson.manifest.json describes");
  const [first, second] = text.split("\n");
  await Deno.writeTextFile(`${cwd}/back.ndjson`, `${second}\n${first}\n`);
  const back = await exported("back.ndjson");
  assertEquals(back.status, 1);
  assertStringIncludes(back.stderr, "Cannot export from back.ndjson: global position 1 on line 2");
  await Deno.writeTextFile(`${cwd}/bad.ndjson`, `${first}\n{"oops\n`);
  const bad = await exported("bad.ndjson");
  assertEquals(bad.status, 1);
  assertStringIncludes(bad.stderr, "Cannot export from bad.ndjson: line 2: ");
  const missing = await exported("none.ndjson");
  assertEquals(missing.status, 1);
  assertStringIncludes(missing.stderr, "Cannot read none.ndjson");
  const both = await exported("all.ndjson", "--url", "http://127.0.0.1:9");
  assertEquals(both.status, 2);
  assertStringIncludes(both.stderr, "--input and --url contradict each other");
  const same = ["export", "--input", "back.ndjson", "--all", "-o", "./back.ndjson"];
  const { status, stderr } = await runCli(same, { cwd });
  assertEquals(status, 2);
  assertStringIncludes(stderr, "The output is the input: ./back.ndjson");
  const names = [...Deno.readDirSync(cwd)].map(({ name }) => name);
  assert(!names.some((name) => name.startsWith("out.ndjson")), names.join());
});

Deno.test("eventodb export writes a manifest of what was selected", async () => {
  await using test = await setUp();
  const args = ["--streams", "order-*", "--exclude-streams", "order-1", "--output", "o.ndjson"];
  assertEquals((await test.exported(args)).status, 0);
  const manifest = JSON.parse(await Deno.readTextFile(`${test.cwd}/o.ndjson.manifest.json`));
  assertEquals(manifest.selection, { streams: ["order-*"], excludeStreams: ["order-1"] });
  assertEquals(manifest.streams, [
    { stream: "order-2", from: 0, to: 29, events: 30, whole: true },
    { stream: "order-2+items", from: 0, to: 29, events: 30, whole: true },
  ]);
  assertEquals((await runCli(["verify", "o.ndjson"], { cwd: test.cwd })).status, 0);

  assertEquals(
    (await test.exported(["--all", "--types", "Paid", "--output", "p.ndjson"])).status,
    0,
  );
  const paid = JSON.parse(await Deno.readTextFile(`${test.cwd}/p.ndjson.manifest.json`));
  assert(paid.streams.every(({ whole }: { whole: boolean }) => whole === false));
});

Deno.test("eventodb export names patterns that match nothing, with the nearest stream", async () => {
  await using test = await setUp();
  const some = await test.exported(["--streams", "order-1,ordr-*,ship-3", "--types", "Placed,Pai"]);
  assertEquals(some.status, 0);
  assertStringIncludes(some.stderr, 'Note: no event of the streams "ordr-*" was found\n');
  assertMatch(
    some.stderr,
    /Note: no event of the streams "ship-3" was found\. Did you mean "ship-\d"\?/,
  );
  assertStringIncludes(some.stderr, 'Note: no event of the types "Pai" was found\n');
  const late = await test.exported([
    ...["--streams", "order-1,ship-1", "--to-position", "5"],
  ]);
  assertEquals(late.status, 0);
  assertStringIncludes(
    late.stderr,
    'Note: no event of the streams "ship-1" was found in what was asked for; the stream exists\n',
  );
  const none = await test.exported(["--streams", "ship-3", "--output", "o.ndjson"]);
  assertEquals(none.status, 1);
  assertMatch(
    none.stderr,
    /Nothing to export: no event matches\n.*\n?No event of the streams "ship-3"/,
  );
});

Deno.test("eventodb export names what is excluded and is not there", async () => {
  await using test = await setUp();
  const args = [
    ...["--all", "--exclude-categories", "ordr,ship", "--exclude-types", "Pai,Paid"],
    ...["--exclude-streams", "ordre-1,order-2*,ordr-*,order-1"],
  ];
  const [ordr, ordre, pattern, type] = [
    'Note: --exclude-categories "ordr" excludes nothing. Did you mean "order"?',
    'Note: --exclude-streams "ordre-1" excludes nothing',
    'Note: --exclude-streams "ordr-*" excludes nothing',
    'Note: --exclude-types "Pai" excludes nothing',
  ];
  const notesOf = (stderr: string) =>
    stderr.split("\n").filter((line) => /excludes? nothing/.test(line));
  // A server that selects keeps to itself which types it has left out.
  for (const more of [[], ["--plan"]]) {
    const selected = await test.exported([...args, ...more]);
    assertEquals(selected.status, 0, selected.stderr);
    assertEquals(notesOf(selected.stderr), [ordr, ordre, pattern]);
  }
  const older = await test.exported(args, test.older);
  assertEquals(notesOf(older.stderr), [ordr, ordre, pattern, type]);

  await Deno.writeTextFile(`${test.cwd}/all.ndjson`, linesOf(() => true));
  const { stderr } = await runCli(["export", "--input", "all.ndjson", ...args], { cwd: test.cwd });
  assertEquals(notesOf(stderr), [ordr!.replace(/\. .*/, ""), ordre, pattern, type]);
  const inspected = await runCli(["inspect", "all.ndjson", ...args.slice(1)], { cwd: test.cwd });
  assertEquals(notesOf(inspected.stderr).length, 4, inspected.stderr);
});

Deno.test("eventodb export takes the same sample each time, and shows what a time from now on means", async () => {
  await using test = await setUp();
  const sampled = async (share: string) =>
    new Set(
      (await test.exported(["--all", "--sample", share])).stdout.trim().split("\n").map((line) =>
        JSON.parse(line).stream
      ),
    );
  const half = await sampled("50%");
  assert(half.has("plain"), "a stream without an id always comes");
  assertEquals(await sampled("50%"), half);
  assertEquals(half.has("order-2"), half.has("order-2+items"));
  assertEquals((await sampled("100%")).size, streams.length);

  const { status, stderr } = await test.exported(["--all", "--since", "7d", "--allow-empty"]);
  assertEquals(status, 0);
  assertMatch(stderr, /^--since 7d is \d{4}-\d\d-\d\dT[\d:.]+Z\n/);
  assertEquals((await test.exported(["--all", "--until", "1h", "--json", "--quiet"])).status, 0);
});

const wrong: [args: string[], said: string][] = [
  [["--all", "--streams", "a-1"], "--streams and --all contradict each other"],
  [["--streams", " , "], "--streams names nothing"],
  [["--all", "--sample", "0%"], "--sample must be a share above 0% and at most 100%"],
  [["--all", "--sample", "101%"], "--sample must be a share"],
  [["--all", "--sample", "5"], "--sample must be a share"],
  [["--all", "--exclude-categories", "ship,order-1"], '"order-1" is not a category'],
  [["--types", "Paid"], "export needs categories or streams"],
  [["--all", "--since", "7w"], "Cannot use --since"],
];

for (const [args, said] of wrong) {
  Deno.test(`eventodb export ${args.join(" ")} is wrong usage`, async () => {
    const { status, stderr } = await runCli(["export", "--url", "http://127.0.0.1:9", ...args]);
    assertEquals(status, 2, stderr);
    assertStringIncludes(stderr, said);
  });
}

Deno.test("eventodb export says that a file of names cannot be read", async () => {
  const args = ["export", "--url", "http://127.0.0.1:9", "--streams", "@none.txt", "--json"];
  const { status, stderr } = await runCli(args);
  assertEquals(status, 1);
  assertStringIncludes(stderr, "Cannot read none.txt for --streams");
  assertEquals(
    lastJson(stderr.split("\n").filter((line) => line.startsWith("{")).join("\n")).ok,
    false,
  );
});
