import { importEvents } from "../../mod.ts";
import type { Message } from "../../src/message.ts";
import { formatRecord } from "../../src/record/format.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { runCli } from "../support/cli.ts";
import { recordBody, sampleMessages } from "../support/events.ts";
import { problemsOf } from "../support/json_schema.ts";
import { startServer } from "../support/server.ts";

const messages = [...sampleMessages({ count: 300 })];
const schema = JSON.parse(
  await Deno.readTextFile(new URL("../../docs/manifest.schema.json", import.meta.url)),
);

Deno.test("eventodb export writes manifests as docs/manifest.schema.json has them, and names the parent of a slice of a file", async () => {
  await using server = await startServer();
  const { url, token } = server;
  await importEvents(recordBody(messages), { url, token });
  const cwd = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const from = ["--url", url, "--token", token];
    const exports: [name: string, args: string[]][] = [
      ["all.ndjson", [...from, "--all"]],
      ["some.ndjson", [
        ...from,
        ...[
          "--streams",
          "order-*,account-*",
          "--exclude-types",
          "Nothing",
          "--since",
          "2000-01-01",
        ],
        ...["--to-position", "700", "--sample", "90%"],
      ]],
      ["slice.ndjson", ["--input", "all.ndjson", "--categories", "order,account"]],
      ["below.ndjson", ["--input", "all.ndjson", "--all", "--to-position", "200"]],
    ];
    const manifests: Record<string, Record<string, unknown>> = {};
    for (const [name, args] of exports) {
      const { status, stderr } = await runCli(["export", ...args, "-o", name, "-q"], { cwd });
      assertEquals(status, 0, stderr);
      manifests[name] = JSON.parse(await Deno.readTextFile(`${cwd}/${name}.manifest.json`));
      assertEquals(problemsOf(manifests[name], schema), []);
    }
    const { checksum, upTo } = manifests["all.ndjson"]!;
    for (const [name, bound] of [["slice.ndjson", upTo], ["below.ndjson", 200]] as const) {
      assertEquals([manifests[name]!.parent, manifests[name]!.upTo], [{ checksum }, bound]);
      assertEquals((await runCli(["verify", name], { cwd })).status, 0);
    }
    assert(!("parent" in manifests["all.ndjson"]!));

    // What was asked of the file was not asked of the namespace.
    const complete = ["verify", "slice.ndjson", ...from, "--complete"];
    const unclear = await runCli(complete, { cwd });
    assertEquals(unclear.status, 3);
    assertStringIncludes(unclear.stderr, "selection is of the file all.ndjson, not of a namespace");
    const said = await runCli([...complete, "--categories", "order,account"], { cwd });
    assertEquals(said.status, 0, said.stderr);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

/** Events of streams, each with the stream that its metadata names. */
function linked(...events: [stream: string, correlation: string | null][]): Message[] {
  return events.map(([stream, correlation], i) => ({
    id: `id-${i}`,
    stream,
    type: i % 2 === 0 ? "Even" : "Odd",
    position: events.slice(0, i).filter(([other]) => other === stream).length,
    globalPosition: i + 1,
    data: `{"tenant":"${i % 3}"}`,
    metadata: correlation === null
      ? null
      : JSON.stringify({ correlationStreamName: correlation, replyStreamName: correlation }),
    time: `2025-07-0${i + 1}T00:00:00Z`,
  }));
}

Deno.test("a manifest counts the links that point out of the slice, and asks the server which streams a window has cut", async () => {
  await using server = await startServer();
  const { url, token } = server;
  const history = linked(
    ["order-1", "workflow-1"],
    ["order-2", "workflow-2"],
    ["order-1", "workflow-1"],
    ["workflow-1", null],
    ["order-3", "order-2"],
    ["order-2", "größe-1"],
    ["order-3", "order-1"],
  );
  await importEvents(recordBody(history), { url, token });
  const cwd = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  const manifestOf = async (...args: string[]) => {
    const { status, stderr } = await runCli(["export", ...args, "-o", "a.ndjson", "-q"], { cwd });
    assertEquals(status, 0, stderr);
    const manifest = JSON.parse(await Deno.readTextFile(`${cwd}/a.ndjson.manifest.json`));
    assertEquals(problemsOf(manifest, schema), []);
    const whole = manifest.streams.map((
      each: Record<string, unknown>,
    ) => [each.stream, each.whole]);
    return { linksOut: manifest.linksOut, whole: Object.fromEntries(whole) };
  };
  try {
    const from = ["--url", url, "--token", token];
    assertEquals(await manifestOf(...from, "--all"), {
      linksOut: [{ category: "größe", links: 1 }, { category: "workflow", links: 1 }],
      whole: { "order-1": true, "order-2": true, "order-3": true, "workflow-1": true },
    });
    // The window leaves out the end of order-2, and that of order-3 is beyond the last position.
    const window = ["--categories", "order", "--until", "2025-07-06", "--to-position", "6"];
    assertEquals(await manifestOf(...from, ...window), {
      linksOut: [{ category: "workflow", links: 3 }],
      whole: { "order-1": true, "order-2": false, "order-3": true },
    });
    const since = ["--categories", "order", "--since", "2025-07-04"];
    assertEquals(await manifestOf(...from, ...since), {
      linksOut: [{ category: "größe", links: 1 }, { category: "order", links: 1 }],
      whole: { "order-2": false, "order-3": true },
    });
    const declared = ["--related-to", "order-1", "--depth", "0", "--link", "data.tenant=tenant-{}"];
    assertEquals(await manifestOf(...from, ...declared), {
      linksOut: [{ category: "tenant", links: 2 }, { category: "workflow", links: 2 }],
      whole: { "order-1": true },
    });

    await Deno.writeTextFile(
      `${cwd}/all.ndjson`,
      history.map((message) => `${formatRecord(message)}\n`).join(""),
    );
    const { whole } = await manifestOf("--input", "all.ndjson", ...window);
    assertEquals(whole, { "order-1": null, "order-2": null, "order-3": null });
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

Deno.test("docs/manifest.schema.json refuses what is not a manifest", () => {
  const problems = problemsOf({ format: 2, upTo: -1, streams: [{ stream: 1 }], more: 1 }, schema);
  for (
    const problem of [
      "$.format is not 1",
      "$.upTo fits none",
      "$.more is not documented",
      "$ has no events",
    ]
  ) {
    assert(problems.includes(problem), `${problem}: ${problems.join("; ")}`);
  }
});
