import { importEvents, loadPolicy, maskEvents } from "../../mod.ts";
import type { Manifest } from "../../src/slice/manifest/manifest.ts";
import type { Message } from "../../src/message.ts";
import { unpackRecords } from "../../src/record/packed_records.ts";
import { packedBatches } from "../../src/record/packed_batches.ts";
import { gzip } from "../../src/gzip.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { type CliResult, lastJson, runCli, type RunCliOptions } from "../support/cli.ts";
import { startGoServer } from "../support/go_server.ts";
import { lineOf } from "../support/history.ts";
import { startServer } from "../support/server.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { workflowHistory } from "../support/workflow_history.ts";

const policyPath = new URL("../../examples/workflow_service/mask.yaml", import.meta.url).pathname;
const keyText = "0123456789abcdef".repeat(4);
const key = Uint8Array.from(keyText.match(/../g)!, (digits) => parseInt(digits, 16));
const { lines, secrets } = workflowHistory();

/** A folder with the events, the policy of the example service and a key. */
async function maskingFolder() {
  const folder = await temporaryFolder();
  const { path } = folder;
  await Deno.writeTextFile(`${path}/july.ndjson`, lines);
  await Deno.copyFile(policyPath, `${path}/policy.yaml`);
  await Deno.writeTextFile(`${path}/mask.key`, keyText, { mode: 0o600 });
  const run = (args: string[], options: RunCliOptions = {}) =>
    runCli(args, { cwd: path, ...options });
  return {
    path,
    run,
    /** Masks `july.ndjson`, or other events by another policy. */
    async apply(more: string[] = [], changed: { events?: string; policy?: string } = {}) {
      if (changed.events !== undefined) {
        await Deno.writeTextFile(`${path}/july.ndjson`, changed.events);
      }
      if (changed.policy !== undefined) {
        await Deno.writeTextFile(`${path}/policy.yaml`, changed.policy);
      }
      return await run([
        ...["mask", "apply", "july.ndjson", "--policy", "policy.yaml"],
        ...["--key-file", "mask.key", ...more],
      ]);
    },
    read: (name: string) => Deno.readTextFile(`${path}/${name}`),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Every text that stands in JSON, keys too, without its escapes: shares nothing with the mask. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [String(value)];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
}

function assertFree(text: string, of: readonly string[]): void {
  const all = text.trim().split("\n")
    .flatMap((line) => /^\{.*\}$/.test(line) ? textsIn(JSON.parse(line)) : [line])
    .map((each) => each.toLowerCase()).join("\n");
  const found = of.filter((secret) =>
    all.includes(secret.toLowerCase()) || text.toLowerCase().includes(secret.toLowerCase())
  );
  assertEquals(found, []);
}

async function messagesOf(text: string): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const batch of packedBatches(new Blob([text]).stream())) {
    messages.push(...unpackRecords(batch).map(({ line: _, ...message }) => message));
  }
  return messages;
}

Deno.test("eventodb mask apply, export --mask and maskEvents() give the same bytes, without a secret", async () => {
  await using folder = await maskingFolder();
  const applied = await folder.apply(["--output", "masked.ndjson", "--report", "report.json"]);
  assertEquals([applied.status, applied.stdout], [0, ""], applied.stderr);
  const masked = await folder.read("masked.ndjson");
  assertEquals(masked.split("\n").length, lines.split("\n").length);
  assertFree(masked, secrets);
  assertFree(applied.stderr, secrets);
  assertFree(await folder.read("masked.ndjson.manifest.json"), secrets);

  const report = JSON.parse(await folder.read("report.json"));
  assertFree(JSON.stringify(report), secrets);
  assertEquals([report.events, report.dropped, report.residuals], [72, 0, []]);
  const email = report.masked.find(({ path, type }: Record<string, string>) =>
    path === "$.email" && type === "CustomerRegistered"
  );
  assertEquals([email.rule, email.values], ["email(customer)", 24]);

  const piped = await folder.run(
    ["mask", "apply", "-", "--policy", "policy.yaml", "--gzip", "--quiet"],
    {
      stdin: await bytesOf(gzip(new Blob([lines]).stream())),
      env: { EVENTODB_MASK_KEY_FILE: "mask.key" },
    },
  );
  assertEquals(piped.status, 0, piped.stderr);
  // Standard output is gzip data there, which the helper decodes as text: by a file instead.
  const packed = await folder.apply(["--output", "masked.ndjson.gz"]);
  assertEquals(packed.status, 0, packed.stderr);
  const file = await Deno.open(`${folder.path}/masked.ndjson.gz`);
  const plain = file.readable.pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(plain).text(), masked);

  const exported = async (connection: string[]) => {
    const { status, stdout, stderr } = await folder.run([
      ...["export", "--all", "--mask", "policy.yaml", "--mask-key-file", "mask.key", "--quiet"],
      ...connection,
    ]);
    assertEquals(status, 0, stderr);
    return stdout;
  };
  assertEquals(await exported(["--input", "july.ndjson"]), masked);
  await using server = await startServer();
  await importEvents(new Blob([lines]).stream(), { url: server.url, token: server.token });
  assertEquals(await exported(["--url", server.url, "--token", server.token]), masked);
  await using go = startGoServer(await messagesOf(lines));
  assertEquals(await exported(["--url", go.url, "--token", server.token]), masked);

  const policy = await loadPolicy(await folder.read("policy.yaml"), "policy.yaml");
  const streamed = maskEvents(new Blob([lines]).stream(), policy, key);
  assertEquals(await new Response(streamed).text(), masked);
});

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(
    await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>)
      .arrayBuffer(),
  );
}

Deno.test("a masked file imports and verifies, and its links lead where the original's led", async () => {
  await using folder = await maskingFolder();
  const applied = await folder.apply(["--output", "masked.ndjson", "--quiet"]);
  assertEquals([applied.status, applied.stderr], [0, ""]);
  assertEquals((await folder.run(["verify", "masked.ndjson"])).status, 0);
  await using server = await startServer();
  const imported = await folder.run([
    ...["import", "--url", server.url, "--token", server.token, "--input", "masked.ndjson"],
  ]);
  assertEquals(imported.status, 0, imported.stderr);

  const [before, after] = [
    await messagesOf(lines),
    await messagesOf(await folder.read("masked.ndjson")),
  ];
  const names = new Map(before.map(({ stream }, i) => [stream, after[i]!.stream]));
  // One to one, within their categories.
  assertEquals(new Set(names.values()).size, names.size);
  for (const [name, masked] of names) assertEquals(masked.split("-")[0], name.split("-")[0]);
  const same = (
    { id, type, position, globalPosition, time }: Message,
  ) => [id, type, position, globalPosition, time];
  assertEquals(after.map(same), before.map(same));
  const links = ["correlationStreamName", "causationMessageStreamName"];
  for (const [i, { metadata }] of before.entries()) {
    for (const link of metadata === null ? [] : links) {
      const target = JSON.parse(metadata!)[link];
      const masked = JSON.parse(after[i]!.metadata!)[link];
      assertEquals(masked, target === undefined ? undefined : names.get(target));
    }
  }
  // What no rule touches has its exact text.
  assertStringIncludes(after[0]!.data, '{"level":1.0,"exact":9007199254740993}');
  assertStringIncludes(after.at(-1)!.data, '{"share":0.210}');
});

Deno.test("the manifest of a masked file says how it was masked, and it is not masked again", async () => {
  await using folder = await maskingFolder();
  const email = workflowHistory().people[0]!.email;
  const exported = await folder.run([
    ...["export", "--input", "july.ndjson", "--related-to", `customer-${email}`],
    ...["--exclude-streams", `customer-${email.slice(0, 5)}*x`],
    ...["--mask", "policy.yaml", "--mask-key-file", "mask.key"],
    ...["--output", "masked.ndjson", "--json"],
  ]);
  assertEquals(exported.status, 0, exported.stderr);
  const { masking } = lastJson(exported.stdout) as { masking: Record<string, unknown> };
  const manifest: Manifest = JSON.parse(await folder.read("masked.ndjson.manifest.json"));
  assertEquals({ ...manifest.masking }, { policy: masking.policy, key: masking.key });
  assertFree(JSON.stringify(manifest), secrets);
  const { relatedTo, excludeStreams } = manifest.selection as Record<string, string[]>;
  const masked = await folder.read("masked.ndjson");
  assertStringIncludes(masked, `"stream":"${relatedTo![0]}"`);
  assertEquals(excludeStreams, ["customer-*"]);
  // The links were followed before they were masked.
  assertEquals(manifest.events, 5);

  for (
    const again of [
      ["mask", "apply", "masked.ndjson", "-o", "twice.ndjson", "--policy"],
      ["export", "--all", "--input", "masked.ndjson", "-o", "twice.ndjson", "--mask"],
      ["mask", "check", "masked.ndjson", "--policy"],
    ]
  ) {
    const { status, stdout, stderr } = await folder.run([...again, "policy.yaml"]);
    assertEquals([status, stdout], [1, ""]);
    assertMatch(
      stderr,
      /^error: Cannot mask masked\.ndjson: its manifest says that it is masked already$/m,
    );
  }
  // A slice of it stays masked.
  await folder.run(["export", "--all", "--input", "masked.ndjson", "-o", "slice.ndjson"]);
  const slice: Manifest = JSON.parse(await folder.read("slice.ndjson.manifest.json"));
  assertEquals(slice.masking, manifest.masking);
});

Deno.test("eventodb mask apply finds a masked value in each form, in any place, and writes nothing", async () => {
  await using folder = await maskingFolder();
  const email = "alice.smith@example.com";
  const phone = "004930123456789";
  const places: Record<string, Record<string, unknown>> = {
    AsItIs: { data: { text: email } },
    InText: { data: { text: `please ask ${email}.` } },
    InAnotherCase: { data: { text: "ALICE.SMITH@Example.COM" } },
    InAWord: { data: { text: `x${email}y` } },
    AsANumber: { data: { text: 4930123456789 } },
    InMetadata: { meta: { text: [email] } },
    InStreamNames: { stream: `note-${email}` },
  };
  const events = [
    lineOf(1, { stream: "customer-1", pos: 0, type: "Registered", data: { email, phone } }),
    lineOf(2, {
      stream: "customer-2",
      pos: 0,
      type: "Registered",
      data: { email: "x@example.org", phone: "4930123456789" },
    }),
    ...Object.entries(places).map(([type, fields], i) =>
      lineOf(i + 3, { type, stream: `note-${i}`, pos: 0, data: {}, ...fields })
    ),
    lineOf(20, { type: "Escaped", stream: "note-20", pos: 0, data: { text: email } })
      .replace("alice", "\\u0061lic\\u0065"),
  ].join("");
  const policy = "version: 1\nstreams: {customer: keep, note: keep}\nevents:\n" +
    "  - types: [Registered]\n    data: {$.email: email(c), $.phone: phone(c)}\n" +
    "  - data: {$.text: keep}\n    metadata: {$.text: keep}\n";
  const report = ["--output", "masked.ndjson", "--report", "report.json"];
  const refused = await folder.apply(report, { events, policy });
  assertEquals(refused.status, 1);
  const masked = "1 value masked in Registered data.";
  assertEquals(
    refused.stderr.split("\n").filter((line) => line.startsWith("1 value")).toSorted(),
    [
      `${masked}email also occurs in AsItIs data.text, first at global position 3`,
      `${masked}email also occurs in Escaped data.text, first at global position 20`,
      `${masked}email also occurs in InAWord data.text, first at global position 6`,
      `${masked}email also occurs in InAnotherCase data.text, first at global position 5`,
      `${masked}email also occurs in InMetadata metadata.text[*], first at global position 8`,
      `${masked}email also occurs in InText data.text, first at global position 4`,
      `${masked}email also occurs in stream names of note, first at global position 9`,
      `${masked}phone also occurs in AsANumber data.text, first at global position 7`,
    ],
  );
  assertFree(refused.stderr, [email, phone, "4930123456789"]);
  assertEquals(await names(folder.path), ["july.ndjson", "mask.key", "policy.yaml", "report.json"]);
  const { residuals } = JSON.parse(await folder.read("report.json"));
  assertEquals(residuals.length, 8);

  // Standard output gets none of it either, but a line that no import takes.
  const piped = await folder.apply();
  assertEquals([piped.status, piped.stdout], [1, '{"error":"The export has failed"}\n']);

  const allowed = await folder.apply([...report, "--allow-residuals", "--json"]);
  assertEquals(allowed.status, 0, allowed.stderr);
  assertMatch(
    allowed.stderr,
    /^Warning: 1 value masked in Registered data\.email also occurs in AsItIs/m,
  );
  assertStringIncludes(await folder.read("masked.ndjson"), `"text":"${email}"`);
});

Deno.test("eventodb mask apply finds an id that was masked in the name of a stream alone", async () => {
  await using folder = await maskingFolder();
  const email = "alice.smith@example.com";
  const events = lineOf(1, {
    stream: "order-1",
    data: { of: `customer-7+${email}`, text: `for ${email}` },
  }) + lineOf(2, {
    stream: "order-2",
    meta: { correlationStreamName: "customer-4711998877" },
    data: { text: "see 4711998877" },
  });
  const { status, stderr } = await folder.apply(["--output", "masked.ndjson"], {
    events,
    policy: "version: 1\nstreams: {customer: id(c), order: keep}\nevents:\n" +
      "  - data: {$.of: stream, $.text: keep}\n",
  });
  assertEquals(status, 1);
  const found = "also occurs in Loaded data.text, first at global position";
  assertStringIncludes(stderr, `1 value masked in Loaded data.of ${found} 1\n`);
  assertStringIncludes(
    stderr,
    `1 value masked in Loaded metadata.correlationStreamName ${found} 2\n`,
  );
  assertFree(stderr, [email, "4711998877"]);
});

Deno.test("eventodb mask apply looks for keys that went with their object, and warns of those that stay", async () => {
  await using folder = await maskingFolder();
  const [gone, nulled, stays] = ["ada@example.com", "Charles Babbage", "bob.jones@example.com"];
  const events = lineOf(1, {
    stream: "note-1",
    data: {
      gone: { [gone!]: { level: 1 } },
      nulled: { "deep": { [nulled!]: 1 } },
      stays: { [stays!]: { "Grace Hopper": 1, "plain": 2 } },
      text: `${gone}, ${nulled}, ${stays}, plain level`,
    },
  });
  const { status, stderr } = await folder.apply(
    ["-o", "masked.ndjson", "--report", "report.json"],
    {
      events,
      policy: "version: 1\nstreams: {note: keep}\nevents:\n" +
        "  - data: {$.gone: drop, $.nulled: set-null, $.stays: redact, $.text: keep}\n",
    },
  );
  assertEquals(status, 1);
  assertMatch(stderr, /^1 value masked in Loaded data\.gone also occurs in Loaded data\.text/m);
  assertMatch(stderr, /^1 value masked in Loaded data\.nulled also occurs in Loaded data\.text/m);
  const warnings = stderr.split("\n").filter((line) => line.startsWith("Warning: keys"));
  const warning = "Warning: keys that look like values stay in Loaded data.stays";
  assertEquals(warnings, [
    `${warning}: keys(…) masks them`,
    `${warning}.*: keys(…) masks them`,
  ]);
  const { keptKeys } = JSON.parse(await folder.read("report.json"));
  assertEquals(keptKeys, ["Loaded data.stays", "Loaded data.stays.*"]);
  assertFree(stderr, [gone!, nulled!, stays!, "Grace"]);
});

/** A real history where it is beside the checkout, else a small one of the same form. */
async function authoredHistory(): Promise<string> {
  const real = new URL("../../../shared/data/std-history.ndjson.gz", import.meta.url);
  try {
    const bytes = (await Deno.open(real)).readable;
    return await new Response(bytes.pipeThrough(new DecompressionStream("gzip"))).text();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const author = (i: number) => `author-${(1e12 + i % 7 * 31).toString(16)}`;
    return Array.from({ length: 60 }, (_, i) =>
      lineOf(2 * i + 1, {
        stream: `commit-${i}`,
        pos: 0,
        type: "CommitAuthored",
        data: { author: author(i), share: 0.5 },
      }) + lineOf(2 * i + 2, {
        stream: author(i),
        pos: Math.floor(i / 7),
        type: "CommitLanded",
        data: { sha: `${i}` },
        meta: { correlationStreamName: `commit-${i}` },
      })).join("");
  }
}

Deno.test("eventodb mask apply hides the authors of a history, and changes nothing else", async () => {
  await using folder = await maskingFolder();
  const events = await authoredHistory();
  const { status, stderr } = await folder.apply(["--output", "masked.ndjson", "--quiet"], {
    events,
    policy: "version: 1\n" +
      "streams: {author: id(author), commit: keep, package: keep, pullRequest: keep}\n" +
      "events: [{data: {$: keep, $.author: stream}, metadata: {$: keep}}]\n",
  });
  assertEquals([status, stderr], [0, ""]);
  const masked = await folder.read("masked.ndjson");
  const namesIn = (text: string) => text.match(/(?<=")author-[^"]+(?=")/g)!;
  const [before, after] = [namesIn(events), namesIn(masked)];
  const pseudonyms = new Map(before.map((name, i) => [name, after[i]!]));
  assertEquals(new Set(pseudonyms.values()).size, pseudonyms.size);
  assert(!pseudonyms.keys().some((name) => masked.includes(name)));
  assert(masked === events.replace(/(?<=")author-[^"]+(?=")/g, (name) => pseudonyms.get(name)!));
});

Deno.test("a masked export names no stream but those that were asked for", async () => {
  await using folder = await maskingFolder();
  await using server = await startServer();
  const events = [1, 2, 3, 4].map((position) =>
    lineOf(position, {
      stream: position === 1 ? "note-1" : `customer-alice.smit${position}@example.com`,
      pos: 0,
      meta: { correlationStreamName: "note-1" },
      data: {},
    })
  ).join("");
  const connection = ["--url", server.url, "--token", server.token];
  await folder.run(["import", ...connection], { stdin: events });
  await Deno.writeTextFile(`${folder.path}/july.ndjson`, events);
  await Deno.writeTextFile(
    `${folder.path}/policy.yaml`,
    "version: 1\nstreams: {customer: id(c), note: keep}\nevents: [{types: [Loaded]}]\n",
  );
  const asked = "customer-alice.smith@example.com";
  const cases: [args: string[], said: RegExp][] = [
    [["--related-to", asked], /There is no stream "customer-alice\.smith@example\.com" \(/],
    [["--related-to", "note-1", "--events-max", "2"], /has more than 2 events \(/],
    [
      ["--streams", asked],
      /No event of the streams "customer-alice\.smith@example\.com" was found$/m,
    ],
    [["--streams", `note-1,${asked}`], /^Note: no event of the streams ".*" was found$/m],
  ];
  for (const place of [connection, ["--input", "july.ndjson"]]) {
    for (const [args, said] of place === connection ? cases : cases.slice(0, 2)) {
      for (
        const command of [
          ["export", "--mask", "policy.yaml", "--output", "masked.ndjson", "--json"],
          ...place === connection && args[1] === asked
            ? [["mask", "check", "--policy", "policy.yaml"], ["mask", "discover"]]
            : [],
        ]
      ) {
        const { stdout, stderr } = await folder.run([...command, ...place, ...args]);
        if (command[0] === "export") assertMatch(stderr, said);
        assertFree(stdout + stderr, ["smit2", "smit3", "smit4"]);
      }
    }
  }
});

Deno.test("the manifest of a masked file has no name of a category that the policy does not name", async () => {
  await using folder = await maskingFolder();
  const { status, stderr } = await folder.run([
    ...["export", "--input", "july.ndjson", "--all", "--mask", "policy.yaml", "--quiet"],
    ...["--exclude-streams", "audit-4711998877,4711998877@x-1", "--output", "masked.ndjson"],
  ]);
  assertEquals([status, stderr], [0, ""]);
  const manifest: Manifest = JSON.parse(await folder.read("masked.ndjson.manifest.json"));
  assertEquals(manifest.selection.excludeStreams, ["audit-*", "*"]);
});

Deno.test("what is read for a masking is never written over", async () => {
  await using folder = await maskingFolder();
  const read = ["july.ndjson", "policy.yaml", "mask.key"];
  const before = await Promise.all(read.map(folder.read));
  for (const [i, name] of read.entries()) {
    for (const option of ["--output", "--manifest", "--report"]) {
      const { status, stderr } = await folder.apply([option, `./${name}`]);
      assertEquals(status, 2, stderr);
      const what = ["input", "policy", "key file"][i];
      assertMatch(
        stderr,
        new RegExp(`^error: The ${option.slice(2)} is the ${what}: \\./${name}$`, "m"),
      );
    }
  }
  const report = await folder.apply([
    ...["--output", "masked.ndjson", "--report", "masked.ndjson.manifest.json"],
  ]);
  assertEquals(report.status, 2);
  const found = await folder.run(["mask", "discover", "july.ndjson", "--output", "july.ndjson"]);
  assertEquals([found.status, found.stdout], [2, ""]);
  assertEquals(await Promise.all(read.map(folder.read)), before);
  assertEquals(await names(folder.path), read.toSorted());
});

async function names(path: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();
}

Deno.test("eventodb mask apply warns of short values, unused rules and a policy that masks nothing", async () => {
  await using folder = await maskingFolder();
  const events = lineOf(1, { stream: "customer-1", type: "Registered", data: { name: "Bob" } }) +
    lineOf(2, { stream: "note-1", data: { text: "ask Bob, not Bobby" } });
  const head = "version: 1\nstreams: {customer: keep, note: keep}\nevents:\n";
  const short = await folder.apply(["--output", "masked.ndjson"], {
    events,
    policy: `${head}  - data: {$.name: name(c), $.text: keep,\n      $.old: email(c)}\n`,
  });
  assertEquals(short.status, 0, short.stderr);
  assertMatch(
    short.stderr,
    /^Warning: 1 value masked in Registered data\.name also occurs in Loaded data\.text, first at/m,
  );
  assertMatch(short.stderr, /^Warning: policy\.yaml:5: \$\.old matches nothing here/m);

  const nothing = await folder.apply(["--output", "masked.ndjson"], {
    policy: `${head}  - data: {$: keep}\n`,
  });
  assertEquals(nothing.status, 0, nothing.stderr);
  assertMatch(nothing.stderr, /^Warning: policy\.yaml has masked nothing/m);
});

Deno.test("eventodb mask apply and mask check warn of a masked copy that has lost its manifest", async () => {
  await using folder = await maskingFolder();
  const first = await folder.apply(["--output", "masked.ndjson", "--report", "report.json"]);
  assert(!first.stderr.includes("pseudonym"), first.stderr);
  assertEquals(JSON.parse(await folder.read("report.json")).maskedBefore, 0);
  const second = await folder.apply(["--output", "twice.ndjson", "--report", "report.json"], {
    events: await folder.read("masked.ndjson"),
  });
  assertEquals(second.status, 0, second.stderr);
  assertMatch(
    second.stderr,
    /^Warning: 12 of the values are pseudonyms already: is this a copy that was masked before\? Mask/m,
  );
  assertEquals(JSON.parse(await folder.read("report.json")).maskedBefore, 12);
  const checked = await folder.run(["mask", "check", "july.ndjson", "--policy", "policy.yaml"]);
  assertEquals(checked.status, 0, checked.stderr);
  assertMatch(checked.stdout, /^12 of the values are pseudonyms already: /m);
});

/** A policy, events or key that cannot be used, and what is said. */
const refusals: Record<string, {
  policy?: string;
  events?: string;
  key?: string;
  mode?: number;
  error: RegExp;
}> = {
  "an unknown field": {
    events: lineOf(1, {
      stream: "order-1",
      type: "Created",
      data: { total: 1, vat: "DE4711998877" },
    }),
    error: /^error: Cannot mask july\.ndjson: line 1, global position 1: .*\$\.vat.* of Created/,
  },
  "an unknown category": {
    events: lineOf(1, { stream: "invoice-4711998877", type: "Created", data: {} }),
    error: /^error: Cannot mask july\.ndjson: line 1, global position 1: .*invoice/,
  },
  "a value that does not fit": {
    events: lineOf(1, {
      stream: "workflow-1",
      type: "TaskCompleted",
      data: { by: { badge: "DE4711998877" } },
    }),
    error: /^error: Cannot mask july\.ndjson: line 1, global position 1: .*\$\.by\.badge/,
  },
  "a line that is not a record": {
    events: "4711998877\n",
    error:
      /^error: Cannot mask july\.ndjson: line 1 is not a record, .*\n.*\neventodb verify FILE says/,
  },
  "a line that is cut": {
    events: lines + '{"id":"4711998877',
    error: /^error: Cannot mask july\.ndjson: line 73 is not a record/,
  },
  "a policy that is not YAML": {
    policy: "version: 1\n  x: [\n",
    error: /^error: policy\.yaml:\d+:\d+: /,
  },
  "a policy with a rule left empty": {
    policy: "version: 1\nevents:\n  - data:\n      $.email:\n",
    error: /^error: policy\.yaml:4:\d+: /,
  },
  "a policy with two rules for one value": {
    policy: "version: 1\nevents:\n  - data: {$.email: keep}\n  - data: {$.email: drop}\n",
    error: /^error: policy\.yaml:4:\d+: /,
  },
  "an empty key": { key: "", error: /^error: Cannot use the key file mask\.key: it is empty$/m },
  "a short key": {
    key: "4711998877",
    error:
      /^error: Cannot use the key file mask\.key: it is too short: .*64 hex digits, and holds 10$/m,
  },
  "a key of other characters": {
    key: `${keyText.slice(0, 62)}zz`,
    error: /^error: Cannot use the key file mask\.key: it must hold 64 hex digits/m,
  },
  "a key of zeros": { key: "0".repeat(64), error: /it is not random/ },
  "a key that others may read": {
    mode: 0o644,
    error:
      /^error: Cannot use the key file mask\.key: other users of .*\nRun: chmod 600 mask\.key$/m,
  },
};

Deno.test("eventodb mask apply refuses what it cannot use, leaves nothing behind and shows no value", async (t) => {
  for (const [what, { error, ...given }] of Object.entries(refusals)) {
    if (given.mode !== undefined && Deno.build.os === "windows") continue;
    await t.step(what, async () => {
      await using folder = await maskingFolder();
      if (given.key !== undefined) await Deno.writeTextFile(`${folder.path}/mask.key`, given.key);
      if (given.mode !== undefined) await Deno.chmod(`${folder.path}/mask.key`, given.mode);
      const { status, stdout, stderr } = await folder.apply(["--output", "masked.ndjson"], given);
      assertEquals([status, stdout], [1, ""], stderr);
      assertMatch(stderr, error);
      assertFree(stderr, ["4711998877"]);
      assertEquals(await names(folder.path), ["july.ndjson", "mask.key", "policy.yaml"]);
    });
  }
});

Deno.test("eventodb mask apply without a key makes one, whose pseudonyms match no other run", async () => {
  await using folder = await maskingFolder();
  const args = ["mask", "apply", "july.ndjson", "--policy", "policy.yaml"];
  const runs: CliResult[] = [await folder.run(args), await folder.run(args)];
  for (const { status, stderr } of runs) {
    assertEquals(status, 0, stderr);
    assertMatch(stderr, /^Note: there is no key, so one was made for this run only/m);
  }
  assert(runs[0]!.stdout !== runs[1]!.stdout);
  assertFree(runs[0]!.stdout, secrets);
});

Deno.test("options of masking that make no sense are wrong usage", async () => {
  const usages: [args: string[], error: RegExp][] = [
    [["mask", "apply", "x.ndjson"], /^error: mask apply needs --policy\n.*mask discover FILE/],
    [["mask", "check", "x.ndjson"], /^error: mask check needs --policy/],
    [["mask", "apply"], /^error: mask apply needs FILE/],
    [["mask"], /^error: mask needs a subcommand\nChoose one of apply, check, discover, keygen/],
    [["export", "--all", "--report", "r.json"], /--report is for masking, and there is no --mask/],
    [["export", "--all", "--mask-key-file", "k"], /--mask-key-file is for masking/],
    [["export", "--all", "--plan", "--mask", "p"], /--plan and --mask contradict.*\n.*mask check/],
    [["export", "--all", "--plan", "--report", "r"], /--plan and --report contradict each other/],
    [["export", "--all", "--plan", "--allow-residuals"], /--plan and --allow-residuals contradict/],
    [
      ["mask", "apply", "x", "--policy", "p", "-o", "r", "--report", "r"],
      /--report is the name of another/,
    ],
    [["mask", "check", "x", "--policy", "p", "--preview", "0"], /--preview must be an integer/],
    [["mask", "check", "x", "--policy", "p", "--preview", "2"], /writes to a terminal only/],
  ];
  await Promise.all(usages.map(async ([args, error]) => {
    const { status, stdout, stderr } = await runCli(args, { stdin: "" });
    assertEquals([status, stdout], [2, ""], stderr);
    assertMatch(stderr, error);
  }));
});
