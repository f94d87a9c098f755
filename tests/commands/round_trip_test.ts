import { gunzipSync } from "node:zlib";
import { EventoDBClient } from "../../mod.ts";
import type { Message } from "../../src/message.ts";
import { formatRecord, formatRecords } from "../../src/record/format.ts";
import { categoryOf } from "../../src/stream_name.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { runCli } from "../support/cli.ts";
import { sampleMessages } from "../support/events.ts";
import { startGoServer } from "../support/go_server.ts";
import { startServer, type TestServer } from "../support/server.ts";

const realHistory = new URL("../../../shared/data/std-history.ndjson.gz", import.meta.url);

/** The real history where it is beside the checkout, else one from our generator. */
async function readHistory(): Promise<string> {
  try {
    return new TextDecoder().decode(gunzipSync(await Deno.readFile(realHistory)));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const messages = [...sampleMessages({ count: 19_781 })];
    return messages.map((message) => `${formatRecord(message)}\n`).join("");
  }
}

interface Line {
  text: string;
  stream: string;
  gpos: number;
  time: string;
}

async function eventodb(server: TestServer, args: string[]): Promise<string> {
  const env = { EVENTODB_URL: server.url, EVENTODB_TOKEN: server.token };
  const { status, stdout, stderr } = await runCli(args, { env });
  assertEquals(status, 0, stderr);
  return stdout;
}

Deno.test("eventodb carries a history from one server to another by category and window, unchanged", async () => {
  const history = await readHistory();
  const lines: Line[] = history.trimEnd().split("\n")
    .map((text) => ({ text, ...JSON.parse(text) as Omit<Line, "text"> }));
  await using production = await startServer({ files: true });
  await using local = await startServer({ files: true });
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const whole = `${folder}/whole.ndjson`;
    const slice = `${folder}/slice.ndjson.gz`;
    await Deno.writeTextFile(whole, history);

    await eventodb(production, ["import", "--input", whole]);
    // Not assertEquals(), whose difference of two such texts would take minutes to read.
    assert(await eventodb(production, ["export", "--all"]) === history, "everything came back");

    // Two categories of the middle third.
    const [since, until] = [1, 2].map((third) => lines[Math.floor(lines.length * third / 3)]!.time);
    const categories = [...new Set(lines.map(({ stream }) => categoryOf(stream)))].slice(0, 2);
    await eventodb(production, [
      ...["export", "--categories", categories.join(), "--since", since!, "--until", until!],
      ...["--output", slice],
    ]);
    // Without its Z, a time is in the order of its text, whatever fraction it has.
    const within = (time: string) =>
      time.slice(0, -1) >= since!.slice(0, -1) && time.slice(0, -1) < until!.slice(0, -1);
    const wanted = lines.filter(({ stream, time }) =>
      categories.includes(categoryOf(stream)) && within(time)
    );
    assert(wanted.length > 1000);

    await eventodb(local, ["import", "--input", slice]);
    const copied = await eventodb(local, ["export", "--all"]);
    assert(copied === wanted.map(({ text }) => `${text}\n`).join(""), "the slice came back");

    const client = new EventoDBClient({ url: local.url, token: local.token });
    const next = await client.streamWrite("fresh-1", { type: "Written", data: {} });
    assert(next.globalPosition > wanted[wanted.length - 1]!.gpos);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("eventodb export copies all that a Go store holds, and import names the line that it refuses", async () => {
  const messages = [0, 3, 9].map((globalPosition): Message => ({
    id: `order-${globalPosition}`,
    stream: `order-${globalPosition}`,
    type: globalPosition === 9 ? "" : "Ordered",
    position: 0,
    globalPosition,
    data: "{}",
    metadata: null,
    time: "2025-07-15T10:00:00Z",
  }));
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    await using go = startGoServer(messages);
    await using local = await startServer();
    const file = `${folder}/go.ndjson`;
    const from = ["--url", go.url, "--token", local.token];
    const to = ["--url", local.url, "--token", local.token];
    const exported = await runCli(["export", ...from, "--all", "--output", file]);
    assertEquals([exported.status, await Deno.readTextFile(file)], [0, formatRecords(messages)]);
    const importing = (input: string) =>
      runCli(["import", ...to, "--input", "-"], { stdin: input });
    const first = await importing(formatRecords(messages));
    assertEquals(first.status, 1);
    assertStringIncludes(
      first.stderr,
      'line 1 of standard input: "gpos" must be at least 1, got 0',
    );
    const second = await importing(formatRecords(messages.slice(1)));
    assertEquals(second.status, 1);
    assertStringIncludes(second.stderr, 'line 2 of standard input: "type" is empty');
    assertEquals((await importing(formatRecords(messages.slice(1, 2)))).status, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
