import { importEvents } from "../../mod.ts";
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
    assertStringIncludes(unclear.stderr, "its events were taken from the file all.ndjson");
    const said = await runCli([...complete, "--categories", "order,account"], { cwd });
    assertEquals(said.status, 0, said.stderr);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

Deno.test("docs/manifest.schema.json refuses what is no manifest", () => {
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
