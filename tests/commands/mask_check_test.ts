import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { cliInShell, lastJson, runCli } from "../support/cli.ts";
import { lineOf } from "../support/history.ts";
import { startServer } from "../support/server.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const secret = "alice.smith@example.com";
const events = lineOf(1, {
  stream: "customer-1",
  type: "Registered",
  data: { email: secret, age: secret, vat: "x", tags: ["a", "b"] },
}) + lineOf(2, { stream: "note-1", type: "Noted", data: { text: secret }, meta: { by: "x" } });
const policy = `version: 1
streams: {customer: keep}
events:
  - types: [Registered]
    data:
      $.email: email(c)
      $.age: number(10)
      $.gone: drop
  - types: [Noted]
    data: {$.text: keep}
`;

Deno.test("eventodb mask check lists all that is undecided, does not fit, is unused or in the clear", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.writeTextFile(`${cwd}/july.ndjson`, events);
  await Deno.writeTextFile(`${cwd}/policy.yaml`, policy);
  const check = (place: string[], more: string[] = []) =>
    runCli(["mask", "check", ...place, "--policy", "policy.yaml", ...more], { cwd });
  const found = await check(["july.ndjson"]);
  assertEquals([found.status, found.stderr], [1, ""]);
  assert(!found.stdout.includes("alice"), found.stdout);
  assertEquals(
    found.stdout.replace(/(\$\.age, .*position 1): .*/, "$1: …"),
    `july.ndjson with policy.yaml: 2 events
Masked: 2 values in 2 places. Kept: 2 values in 2 places
Undecided: 4 values in 4 places
  Registered data $.vat, 1 value, first at global position 1
  Registered data $.tags, 1 value, first at global position 1
  streams of note, 1 value, first at global position 2
  Noted metadata $.by, 1 value, first at global position 2
Does not fit: 1 value in 1 place
  Registered data $.age, 1 value, first at global position 1: …
Left in the clear:
  1 value masked in Registered data.email also occurs in Noted data.text, first at global position 2
Rules that match nothing here, and may be out of date:
  policy.yaml:8: $.gone: drop
`,
  );

  await using server = await startServer();
  const connection = ["--url", server.url, "--token", server.token];
  await runCli(["import", ...connection], { stdin: events });
  const served = await check([], [...connection, "--json"]);
  assertEquals(served.status, 1, served.stderr);
  const { ok, undecided, unfit, residuals, unusedRules } = lastJson(served.stdout) as Record<
    string,
    unknown[]
  >;
  assertEquals(
    [ok, undecided!.length, unfit!.length, residuals!.length, unusedRules!.length],
    [false, 4, 1, 1, 1] as unknown[],
  );

  const narrowed = await check(["july.ndjson"], ["--types", "Noted"]);
  assertMatch(narrowed.stdout, /^july\.ndjson with policy\.yaml: 1 event$/m);
  // The line of the selection is not that of the file.
  assertMatch(narrowed.stdout, /^ {2}streams of note, 1 value, first at global position 2$/m);
  await Deno.writeTextFile(
    `${cwd}/policy.yaml`,
    "version: 1\nunknown: scramble\nstreams: {customer: keep, note: keep}\n",
  );
  const good = await check(["july.ndjson"]);
  assertEquals(good.status, 0, good.stdout);
  assertMatch(good.stdout, /^All of it can be masked$/m);
  assert(!good.stdout.includes("masks nothing"));
  await Deno.writeTextFile(
    `${cwd}/policy.yaml`,
    "version: 1\nstreams: {customer: keep, note: keep}\nevents: [{data: {$: keep}, metadata: {$: keep}}]\n",
  );
  const nothing = await check(["july.ndjson"]);
  assertEquals(nothing.status, 0, nothing.stdout);
  assertMatch(
    nothing.stdout,
    /^policy\.yaml masks nothing: the output would be the same as the input$/m,
  );
});

Deno.test("eventodb mask check and mask apply name patterns of types and categories that match no event", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.writeTextFile(`${cwd}/july.ndjson`, events);
  await Deno.writeTextFile(
    `${cwd}/policy.yaml`,
    `version: 1
streams: {customer: drop, note: keep}
events:
  - types: [Noted, Notd*]
    categories: [note, nte]
    data:
      $.text: redact
  - types:
      - Noted
      - Registered
    metadata:
      $.by: keep
  - types: [Empty]
  - categories: gone
    data: {$.a: keep}
`,
  );
  const run = (args: string[]) => runCli(["mask", ...args, "--policy", "policy.yaml"], { cwd });
  const checked = await run(["check", "july.ndjson"]);
  assertEquals(checked.status, 0, checked.stderr);
  assertMatch(
    checked.stdout,
    /^Rules that match nothing here, and may be out of date:\n((?: {2}.*\n)*)All of it/m,
  );
  const named = [
    "policy.yaml:4: types Notd*",
    "policy.yaml:5: categories nte",
    // Its only event is dropped with its stream.
    "policy.yaml:10: types Registered",
    "policy.yaml:13: types Empty",
    "policy.yaml:14: categories gone",
    "policy.yaml:15: $.a: keep",
  ];
  assertEquals(checked.stdout.match(/^ {2}.*$/gm), named.map((text) => `  ${text}`));

  const { unusedPatterns } = lastJson((await run(["check", "july.ndjson", "--json"])).stdout);
  assertEquals(unusedPatterns, [
    { line: 4, of: "types", pattern: "Notd*" },
    { line: 5, of: "categories", pattern: "nte" },
    { line: 10, of: "types", pattern: "Registered" },
    { line: 13, of: "types", pattern: "Empty" },
    { line: 14, of: "categories", pattern: "gone" },
  ]);

  const applied = await run(["apply", "july.ndjson", "--output", "masked.ndjson"]);
  assertEquals(applied.status, 0, applied.stderr);
  assertEquals(
    applied.stderr.match(/^Warning: .*matches nothing here/gm),
    named.map((text) => `Warning: ${text.replace(": keep", "")} matches nothing here`),
  );
  await Deno.writeTextFile(`${cwd}/empty.ndjson`, "");
  const empty = await run(["apply", "empty.ndjson", "--output", "masked.ndjson"]);
  assertEquals([empty.status, /Warning/.test(empty.stderr)], [1, false], empty.stderr);
});

Deno.test("eventodb mask check lists what two rules decide, and what would become one, and goes on", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  const customers = ["ada@a.org", "Ada@a.org"].map((address, i) =>
    lineOf(i + 1, { stream: `customer-${address}`, type: "Seen", data: { list: [1, 2, [3], 4] } })
  );
  const keys = lineOf(3, {
    stream: "note-1",
    type: "Seen",
    data: { map: { "a@a.org": 1, "A@a.org": 2 } },
  });
  await Deno.writeTextFile(`${cwd}/july.ndjson`, customers.join("") + keys);
  await Deno.writeTextFile(
    `${cwd}/policy.yaml`,
    `version: 1
streams: {customer: id(c), note: keep}
events:
  - data:
      $.list[0:3]: keep
      $.list[1:4]: redact
      $.map: keys(email(c))
      $.map.*: keep
`,
  );
  const { status, stdout, stderr } = await runCli(
    ["mask", "check", "july.ndjson", "--policy", "policy.yaml"],
    { cwd },
  );
  assertEquals([status, stderr], [1, ""]);
  const both =
    "$.list[0:3]: keep (line 5 of the policy) and $.list[1:4]: redact (line 6 of the policy)";
  assertEquals(
    /Does not fit: .*\n((?: {2}.*\n)*)/.exec(stdout)?.[1],
    `  Seen data $.list[*], 4 values, first at global position 1: two rules that are equally specific decide it: ${both}
  streams of customer, 1 value, first at global position 2: two streams of category "customer", whose names differ only in the case ` +
      `of an e-mail address, would become one: hash(domain) keeps them apart
  Seen data $.map['…'], 1 value, first at global position 3: keys(email(c)) would make one key of two: keys(hash(domain)) keeps them apart
`,
  );
});

Deno.test("eventodb mask check names the first event of a place among many", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  const letters = [..."ABCDEFGHIJKLMNOPQRST"];
  // Every thousandth is of a type by itself; those that are dropped count as well.
  const lines = Array.from({ length: 1000 * letters.length }, (_, i) =>
    lineOf(2 * i + 1, {
      stream: `${i % 2 === 0 ? "gone" : "order"}-${i}`,
      pos: 0,
      type: i % 1000 === 999 ? `Rare${letters[Math.floor(i / 1000)]}` : "Usual",
      data: { note: "x".repeat(40) },
    }));
  await Deno.writeTextFile(`${cwd}/july.ndjson`, lines.join(""));
  await Deno.writeTextFile(
    `${cwd}/policy.yaml`,
    "version: 1\nstreams: {gone: drop, order: keep}\nevents: [{types: Usual, data: {$.note: keep}}]\n",
  );
  const { status, stdout, stderr } = await runCli(
    ["mask", "check", "july.ndjson", "--policy", "policy.yaml", "--json"],
    { cwd },
  );
  assertEquals(status, 1, stderr);
  const { undecided } = lastJson(stdout) as { undecided: { type: string; position: number }[] };
  assertEquals(
    undecided.map(({ type, position }) => [type, position]),
    letters.map((letter, i) => [`Rare${letter}`, 2 * (1000 * i + 999) + 1]),
  );
});

Deno.test("eventodb mask check --preview shows events to a terminal", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.writeTextFile(`${cwd}/july.ndjson`, events);
  await Deno.writeTextFile(`${cwd}/policy.yaml`, policy);
  const command = `${cliInShell} mask check july.ndjson --policy policy.yaml --preview 1`;
  let output: string;
  try {
    const { stdout } = await new Deno.Command("script", {
      args: ["-qec", command, "/dev/null"],
      cwd,
      env: { NO_COLOR: "1" },
    }).output();
    output = new TextDecoder().decode(stdout);
  } catch (error) {
    // Not every system has it.
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  assertMatch(output, /^before: .*alice\.smith@example\.com.*\r?\nafter: {2}.*@example\.invalid/m);
  assertEquals(output.match(/^before:/gm)?.length, 1);
});
