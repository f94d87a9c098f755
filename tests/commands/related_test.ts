import type { Message } from "../../src/message.ts";
import { formatRecords } from "../../src/record/format.ts";
import type { ExportPlan } from "../../src/slice/closure/plan.ts";
import { importEvents } from "../../mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { lastJson, runCli } from "../support/cli.ts";
import { recordBody } from "../support/events.ts";
import { startGoServer } from "../support/go_server.ts";
import { startServer } from "../support/server.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

/** Orders of workflows, of which every second belongs to tenant 0, with payments that name their order. */
const messages: Message[] = Array.from({ length: 120 }, (_, i) => {
  const n = Math.floor(i / 3) % 20;
  const [stream, metadata, data] = [
    [`order-${n}`, { correlationStreamName: `workflow-${n}` }, { n }],
    [`payment-${n}`, { causationMessageStreamName: `unknown-${i}` }, { orderId: n }],
    [`workflow-${n}`, { replyStreamName: `tenant-${n % 2}` }, { orderId: [n, {}] }],
  ][i % 3] as [string, Record<string, string>, Record<string, unknown>];
  return {
    id: `id-${i}`,
    stream,
    type: i % 6 < 3 ? "Begun" : "Noted",
    position: i < 60 ? 0 : 1,
    globalPosition: 2 * i + 1,
    data: JSON.stringify(data),
    metadata: JSON.stringify(metadata),
    time: `2025-07-01T00:0${Math.floor(i / 60)}:${String(i % 60).padStart(2, "0")}Z`,
  };
});

const linesOf = (wanted: (message: Message) => boolean) => formatRecords(messages.filter(wanted));
const ofStreams = (...names: string[]) => ({ stream }: Message) => names.includes(stream);

const slices: [args: string[], wanted: (message: Message) => boolean][] = [
  [["--related-to", "order-3", "--stop-at", "tenant"], ofStreams("order-3", "workflow-3")],
  [["--related-to", "order-3", "--depth", "1"], ofStreams("order-3", "workflow-3")],
  [["--related-to", "order-3", "--depth", "0"], ofStreams("order-3")],
  [["--related-to", "order-3", "--direction", "effects"], ofStreams("order-3")],
  [["--related-to", "tenant-1", "--depth=1"], ({ stream }) => /^workflow-\d*[13579]$/.test(stream)],
  [
    ["--related-to", "order-3", "--stop-at", "tenant", "--link", "data.orderId=order-{}"],
    ofStreams("order-3", "workflow-3", "payment-3"),
  ],
  [
    ["--related-to", "order-3,order-4", "--stop-at=tenant", "--types=Begun", "--to-position=100"],
    (message) =>
      ofStreams("order-3", "order-4", "workflow-3", "workflow-4")(message) &&
      message.type === "Begun" && message.globalPosition <= 100,
  ],
  [
    [
      "--related-to",
      "order-3",
      "--since",
      "2025-07-01T00:01Z",
      "--stop-at=tenant",
      "--window-only",
    ],
    (message) => ofStreams("order-3", "workflow-3")(message) && message.time >= "2025-07-01T00:01",
  ],
  [
    ["--related-to", "order-3", "--since", "2025-07-01T00:01Z", "--stop-at=tenant"],
    ofStreams("order-3", "workflow-3"),
  ],
  [
    ["--related-to", "order-3", "--categories", "workflow"],
    ({ stream }) => /^workflow-\d*[13579]$/.test(stream),
  ],
];

Deno.test("eventodb export takes what is related, as its options say", async () => {
  await using folder = await temporaryFolder();
  const input = `${folder.path}/all.ndjson`;
  await Deno.writeTextFile(input, linesOf(() => true));
  for (const [args, wanted] of slices) {
    const { status, stdout, stderr } = await runCli(["export", "--input", input, ...args]);
    assertEquals(status, 0, stderr);
    assertEquals(stdout, linesOf(wanted), args.join(" "));
  }
});

Deno.test("eventodb export takes the same related events from any server and from standard input", async () => {
  await using server = await startServer();
  await using go = startGoServer(messages);
  const { url, token } = server;
  await importEvents(recordBody(messages), { url, token });
  const [args, wanted] = slices[5]!;
  for (const from of [["--url", url, "--token", token], ["--url", go.url], ["--input", "-"]]) {
    const stdin = from[1] === "-" ? linesOf(() => true) : undefined;
    const { status, stdout, stderr } = await runCli(["export", ...from, ...args], { stdin });
    assertEquals(status, 0, stderr);
    assertEquals(stdout, linesOf(wanted));
  }
});

Deno.test("eventodb export of what is related writes a manifest that says so, and is verified", async () => {
  await using server = await startServer();
  await using folder = await temporaryFolder();
  const { url, token } = server;
  await importEvents(recordBody(messages), { url, token });
  const cwd = folder.path;
  const args = ["--related-to", "order-3", "--stop-at", "tenant", "--since=2025-07-01T00:01Z"];
  const { status, stderr } = await runCli(
    ["export", "--url", url, "--token", token, ...args, "-o", "three.ndjson"],
    { cwd },
  );
  assertEquals(status, 0, stderr);
  const manifest = JSON.parse(await Deno.readTextFile(`${cwd}/three.ndjson.manifest.json`));
  assertEquals(manifest.selection, {
    relatedTo: ["order-3"],
    stopAt: ["tenant"],
    since: "2025-07-01T00:01:00Z",
  });
  // The time says whose links are followed: the streams are whole.
  assertEquals(manifest.streams.map(({ whole }: { whole: boolean }) => whole), [true, true]);
  assertEquals((await runCli(["verify", "three.ndjson"], { cwd })).status, 0);
});

Deno.test("eventodb export --plan says what would come and why, and writes nothing", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.writeTextFile(`${cwd}/all.ndjson`, linesOf(() => true));
  const args = ["export", "--input", "all.ndjson", "--plan", "-o", "three.ndjson"];
  const related = ["--related-to=order-3", "--stop-at=tenant", "--link=data.orderId=order-{}"];
  const text = await runCli([...args, ...related], { cwd });
  assertEquals(text.status, 0, text.stderr);
  const bytes = linesOf(ofStreams("order-3", "payment-3", "workflow-3")).length;
  const lines = text.stdout.replaceAll(/\d+(?= B\b)/g, "N").split(/ *\n/);
  assertEquals(lines, [
    "Would export 6 events of 3 streams, about N B",
    "Global positions 19 to 143, from all.ndjson",
    "",
    "category  events  streams  bytes",
    "order     2       1        N B",
    "payment   2       1        N B",
    "workflow  2       1        N B",
    "",
    "streams  related because they are",
    "1        named in --related-to",
    "1        linked to by metadata.correlationStreamName",
    "1        linking by data.orderId=order-{}",
    "",
  ]);
  assertMatch(text.stderr, /^Note: 40 values of data\.orderId=order-\{\} can name no stream$/m);
  const typo = await runCli([...args, "--related-to=order-3", "--stop-at=workflo"], { cwd });
  assertStringIncludes(
    typo.stderr,
    'Note: no stream of the category "workflo", at which to stop, is related. Did you mean "workflow"?',
  );
  const json = lastJson((await runCli([...args, ...related, "--json"], { cwd })).stdout);
  assertEquals([json.ok, json.events, json.streams, json.bytes], [true, 6, 3, bytes]);
  assertEquals((json.related as ExportPlan["related"])!.reasons.length, 3);
  const all = lastJson((await runCli([...args, "--all", "--json"], { cwd })).stdout);
  assertEquals([all.events, all.streams, all.related], [120, 60, undefined]);
  assertEquals([...Deno.readDirSync(cwd)].map(({ name }) => name), ["all.ndjson"]);
});

Deno.test("eventodb export of what is not there, or is too much, replaces nothing", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.writeTextFile(`${cwd}/all.ndjson`, linesOf(() => true));
  await Deno.writeTextFile(`${cwd}/old.ndjson`, "old");
  const failing: [args: string[], error: string][] = [
    [["--related-to", "ordr-3"], 'There is no stream "ordr-3". Did you mean "order-3"?'],
    [["--related-to", "order-3,x-*"], 'No stream matches "x-*"'],
    [
      ["--related-to", "order-3", "--events-max=30"],
      'What is related to "order-3" has more than 30',
    ],
    [["--related-to", "order-3", "--events-max=30"], "--stop-at tenant, or allow more"],
    [["--related-to", "order-3", "--exclude-streams=order-*"], "and that stream is excluded"],
    [["--related-to", "order-3", "--types", "Nothing"], "no event matches"],
  ];
  for (const [args, error] of failing) {
    for (const more of [[], ["--plan"]]) {
      const { status, stderr } = await runCli(
        ["export", "--input", "all.ndjson", "-o", "old.ndjson", ...args, ...more],
        { cwd },
      );
      assertEquals(status, 1);
      assertStringIncludes(stderr, error);
    }
  }
  assertEquals(await Deno.readTextFile(`${cwd}/old.ndjson`), "old");
  assertEquals([...Deno.readDirSync(cwd)].length, 2);
});

for (
  const [args, error] of [
    [["--all", "--depth", "1"], "--depth has no meaning without --related-to"],
    [["--all", "--window-only"], "--window-only has no meaning without --related-to"],
    [["--all", "--related-to", "a-1"], "--related-to and --all contradict each other"],
    [["--related-to", ","], "--related-to names nothing"],
    [["--related-to", "a-1", "--depth=-1"], "--depth must be"],
    [["--related-to", "a-1", "--depth", "x"], "--depth must be"],
    [["--related-to", "a-1", "--events-max", "0"], "--events-max must be"],
    [["--related-to", "a-1", "--direction", "up"], "--direction"],
    [["--related-to", "a-1", "--stop-at", "b-1"], '"b-1" is the name of a stream'],
    [["--related-to", "a-1", "--window-only"], "--window-only needs a window"],
    [["--related-to", "a-1", "--link", "data.x=order"], "must have {} once"],
    [["--related-to", "a-1", "--link", "data..x=order-{}"], "has .., which"],
    [["--related-to", "a-1", "--link", "metadata.$x={}"], "is written ['$x']"],
    [["--related-to", "a-1", "--sample", "0%"], "--sample must be"],
  ] as [string[], string][]
) {
  Deno.test(`eventodb export ${args.join(" ")} is wrong usage`, async () => {
    const { status, stderr } = await runCli(["export", "--input", "none.ndjson", ...args]);
    assertEquals(status, 2, stderr);
    assertStringIncludes(stderr, error);
    assert(stderr.trim().split("\n").length >= 2, stderr);
  });
}
