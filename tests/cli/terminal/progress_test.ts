import { importEvents } from "../../../mod.ts";
import { progressLine } from "../../../src/cli/terminal/progress.ts";
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { startFailingServer } from "../../support/failing_server.ts";
import { lineOf } from "../../support/history.ts";
import { startServer } from "../../support/server.ts";

const cliPath = new URL("../../../cli.ts", import.meta.url).pathname;

Deno.test("progressLine() leaves out what says least where there are few columns", () => {
  const status = { events: 3456, position: 4521, share: 0.45 };
  const line = (columns: number) => progressLine("Imported", status, 10_000, columns);
  assertEquals(line(80), "Imported 3,456 events, 346/s, position 4521, 45 %, 12s left");
  assertEquals(line(58), "Imported 3,456 events, 346/s, 45 %, 12s left");
  assertEquals(line(39), "Imported 3,456 events, 45 %, 12s left");
  assertEquals(line(30), "Imported 3,456 events, 45 %");
  assertEquals(line(25), "Imported 3,456 events");
  assertEquals(line(10), "Imported 3");
});

Deno.test({
  name: "eventodb shows its progress in one line of a terminal with 40 columns",
  ignore: Deno.build.os !== "linux" ||
    !(await new Deno.Command("sh", { args: ["-c", "command -v script"] }).output()).success,
  async fn() {
    await using server = await startServer();
    const { url, token } = server;
    const body = [1, 2].map((n) => lineOf(n, { gpos: 9_007_199_254_740_000 + n })).join("");
    await importEvents(new Blob([body]).stream(), { url, token });
    await using stalling = startFailingServer(
      url,
      ({ path }) => path === "/export" ? { stallAfter: lineOf(1).length + 20 } : undefined,
    );
    const command =
      `"${Deno.execPath()}" run -A --quiet "${cliPath}" export --url ${stalling.url} ` +
      `--token ${token} --all > /dev/null`;
    const process = new Deno.Command("script", {
      args: ["-qec", `stty cols 40; ${command}`, "/dev/null"],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let seen = "";
    for await (const chunk of process.stdout.pipeThrough(new TextDecoderStream())) {
      seen += chunk;
      // A busy machine draws several lines before the first event has come.
      const drawn = seen.split("\x1b[K").slice(0, -1);
      if (drawn.length > 3 && /Exported [12] /.test(drawn.at(-1)!)) break;
    }
    process.kill("SIGTERM");
    await process.status;
    const lines = seen.split("\x1b[K").slice(0, -1).map((line) => line.replace(/^.*\r/s, ""));
    assertMatch(lines.at(-1)!, /^Exported [12] events?, /);
    for (const line of lines) assert(line.length < 40, line);
    assert(!seen.includes("\n"), seen);
  },
});
