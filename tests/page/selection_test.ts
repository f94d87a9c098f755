import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { runCli } from "../support/cli.ts";
import { runImport, uuidOf } from "../support/history.ts";
import { startServer } from "../support/server.ts";
import { commandOf, fields, selectionOf } from "../../src/page/parts/transfer/selection.js";

Deno.test("selectionOf() and commandOf() select the same, with commas and stars in names", async () => {
  await using server = await startServer();
  const lines = ["a,b-1", "a-1", "b-1", "c*-1"].map((stream, index) =>
    JSON.stringify({
      ...{ id: uuidOf(index + 1), stream, type: "Happened", pos: 0, gpos: index + 1 },
      ...{ data: {}, meta: { correlationStreamName: "a,b-1" }, time: "2026-07-15T10:00:00Z" },
    })
  );
  await runImport(server, `${lines.join("\n")}\n`);
  for (
    const [params, positions] of [
      [{ stream: "a\\,b-1,c\\*-1" }, [1, 4]],
      [{ category: "a\\,b" }, [1]],
      [{ type: "Happ*", from: "2", to: "3" }, [2, 3]],
      [{ relatedTo: "a\\,b-1", depth: "1", direction: "effects", excludeCategory: "b" }, [1, 2, 4]],
      [{ relatedTo: "a-1", stopAt: "b", depth: "2" }, [1, 2, 3, 4]],
    ] as [Record<string, string>, number[]][]
  ) {
    const response = await fetch(`${server.url}/export`, {
      method: "POST",
      headers: { Authorization: `Bearer ${server.token}`, "Content-Type": "application/json" },
      body: JSON.stringify(selectionOf(params)),
    });
    const exported = await response.text();
    const command = commandOf(params, server.url, "-").split(" ").slice(1);
    const args = command.map((word) => word.replace(/^'(.*)'$/, "$1"));
    const { stdout } = await runCli(args, { env: { EVENTODB_TOKEN: server.token } });
    assertEquals(stdout, exported, command.join(" "));
    assertEquals(
      exported.trim().split("\n").map((line) => JSON.parse(line).gpos),
      positions,
      command.join(" "),
    );
  }
});

Deno.test("commandOf() names options that the command has", async () => {
  const { stdout } = await runCli(["help", "export"]);
  for (const { option } of fields) assertStringIncludes(stdout, `${option} `);
});
