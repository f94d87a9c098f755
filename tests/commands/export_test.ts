import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { EventoDBClient, importEvents, StreamPositionStore } from "../../mod.ts";
import { createToken } from "../../src/auth/create_token.ts";
import type { Message } from "../../src/message.ts";
import { formatRecord } from "../../src/record/format.ts";
import { categoryOf } from "../../src/stream_name.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { cliCommand, cliWords, lastJson, runCli, startCli } from "../support/cli.ts";
import { recordBody, sampleMessages } from "../support/events.ts";
import { failure, type Fault, html, startFailingServer } from "../support/failing_server.ts";
import { SmallDisk } from "../store/small_disk.ts";
import { startServer, type TestServer } from "../support/server.ts";

const messages = [...sampleMessages({ count: 1500 })];

function linesOf(some: readonly Message[]): string {
  return some.map((message) => `${formatRecord(message)}\n`).join("");
}

/** A server with a history. */
async function startWithHistory(): Promise<TestServer> {
  const server = await startServer();
  await importEvents(recordBody(messages), { url: server.url, token: server.token });
  return server;
}

/** For the tests that only read. */
const unchanged = await startWithHistory();
Deno.test.afterAll(async () => await unchanged[Symbol.asyncDispose]());

/** A server with a history, which a test may change if it is its own, and an empty folder. */
async function setUp({ own = false } = {}) {
  await using undo = new AsyncDisposableStack();
  const server = own ? undo.use(await startWithHistory()) : unchanged;
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  undo.defer(() => Deno.remove(folder, { recursive: true }));
  const resources = undo.move();
  return { server, folder, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

function connection({ url, token }: Pick<TestServer, "url" | "token">): string[] {
  return ["--url", url, "--token", token];
}

/** The names in a folder. */
async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

Deno.test("eventodb export writes the events to standard output, and the rest to standard error", async () => {
  await using test = await setUp();
  const { status, stdout, stderr } = await runCli(["export", ...connection(test.server), "--all"]);
  assertEquals(status, 0);
  assertEquals(stdout, linesOf(messages));
  const [first, last] = [messages[0], messages[messages.length - 1]];
  const range = `global positions ${first!.globalPosition} to ${last!.globalPosition}`;
  const place = `the namespace "default" of ${test.server.url}`;
  assertMatch(
    stderr,
    new RegExp(`^Exported 1,500 events in \\d+\\.\\d s, ${range}, from ${place}\n$`),
  );
});

Deno.test("eventodb export writes categories of a window to a file, under its name alone", async () => {
  await using test = await setUp();
  const [since, until] = [messages[300]!.time, messages[1200]!.time];
  const { status, stdout } = await runCli([
    ...["export", ...connection(test.server), "--categories", "order,account"],
    ...["--categories", "audit", "--since", since, "--until", until, "--output", "out.ndjson"],
  ], { cwd: test.folder });
  assertEquals([status, stdout], [0, ""]);
  const wanted = messages.slice(300, 1200).filter(({ stream, time }) =>
    ["order", "account", "audit"].includes(categoryOf(stream)) && time !== until
  );
  assertEquals(await Deno.readTextFile(`${test.folder}/out.ndjson`), linesOf(wanted));
  assertEquals(await namesIn(test.folder), ["out.ndjson", "out.ndjson.manifest.json"]);
});

Deno.test("eventodb export takes names with commas by --category, beside lists of others", async () => {
  await using test = await setUp({ own: true });
  const { url, token } = test.server;
  const highest = messages.at(-1)!.globalPosition;
  const odd = ["a,b", "a", "b"].map((name, index) => ({
    ...messages[index]!,
    id: `odd-${index}`,
    stream: `${name}-1`,
    globalPosition: highest + 1 + index,
    position: 0,
  }));
  await importEvents(recordBody(odd), { url, token });
  const from = (...args: string[]) => runCli(["export", ...connection(test.server), ...args]);
  const one = await from("--category", "a,b");
  assertEquals([one.status, one.stdout], [0, linesOf([odd[0]!])]);
  const several = await from("--category=b", "--category", "a,b", "--categories", "none, a");
  assertEquals([several.status, several.stdout], [0, linesOf(odd)]);
  assertMatch(several.stderr, /no event of the category "none" was found/);
  const both = await from("--all", "--category", "a,b");
  assertEquals(both.status, 2);
  assertMatch(both.stderr, /--category and --all contradict each other/);
});

Deno.test("eventodb export writes the events between two global positions, both included", async () => {
  await using test = await setUp();
  const [first, last] = [messages[200]!.globalPosition, messages[1_300]!.globalPosition];
  const from = (...args: string[]) => runCli(["export", ...connection(test.server), ...args]);
  const all = await from("--all", "--from-position", `${first}`, "--to-position", `${last}`);
  assertEquals([all.status, all.stdout], [0, linesOf(messages.slice(200, 1_301))]);
  const orders = await from("--categories", "order", "--to-position", `${last}`);
  const wanted = messages.slice(0, 1_301).filter(({ stream }) => categoryOf(stream) === "order");
  assertEquals(orders.stdout, linesOf(wanted));
  const open = await from("--all", "--to-position", "9007199254740991");
  assertEquals(open.stdout, linesOf(messages));
  assertMatch(open.stderr, /Note: the highest global position there is \d+, below --to-position/);
});

Deno.test("eventodb export takes its connection from the environment", async () => {
  await using test = await setUp();
  const env = { EVENTODB_URL: test.server.url, EVENTODB_TOKEN: test.server.token };
  assertEquals((await runCli(["export", "--all"], { env })).stdout, linesOf(messages));
});

Deno.test("eventodb export compresses by --gzip, and when the file's name says so", async () => {
  await using test = await setUp();
  const to = async (...args: string[]) => {
    const { status } = await runCli(["export", ...connection(test.server), "--all", ...args]);
    assertEquals(status, 0);
    const bytes = await Deno.readFile(args[1]!);
    return new TextDecoder().decode(gunzipSync(bytes));
  };
  assertEquals(await to("--output", `${test.folder}/a`, "--gzip"), linesOf(messages));
  assertEquals(await to("--output", `${test.folder}/b.ndjson.gz`), linesOf(messages));
});

Deno.test("eventodb export ends with a line of JSON when asked for", async () => {
  await using test = await setUp();
  const out = `${test.folder}/out.ndjson`;
  const all = ["export", ...connection(test.server), "--all", "--quiet", "--json"];

  const toFile = await runCli([...all, "--output", out]);
  assertEquals(toFile.stderr, "");
  const { elapsedMs, ...facts } = lastJson(toFile.stdout);
  assert(typeof elapsedMs === "number");
  assertEquals(facts, {
    ok: true,
    events: messages.length,
    firstPosition: messages[0]!.globalPosition,
    lastPosition: messages[messages.length - 1]!.globalPosition,
    output: out,
  });

  const toStdout = await runCli(all);
  assertEquals(toStdout.stdout, linesOf(messages));
  assertEquals(lastJson(toStdout.stderr).events, messages.length);

  const failed = await runCli([...all.slice(0, 3), "--all", "--json", "--output", out]);
  assertEquals(failed.status, 1);
  const { ok, error } = lastJson(failed.stdout);
  assertEquals([ok, (error as { code: string }).code], [false, "AUTH_REQUIRED"]);
});

Deno.test("eventodb export says nothing with --quiet", async () => {
  await using test = await setUp();
  const { stderr } = await runCli(["export", ...connection(test.server), "--all", "--quiet"]);
  assertEquals(stderr, "");
});

Deno.test("eventodb export notes a category that had nothing", async () => {
  await using test = await setUp();
  const args = ["export", ...connection(test.server), "--categories", "order,odrer"];
  const { status, stderr } = await runCli(args);
  assertEquals(status, 0);
  assertStringIncludes(stderr, 'Note: no event of the category "odrer" was found\n');
  assertStringIncludes(stderr, 'There is no category of that name. Did you mean "order"?\n');
  const one = categoryOf(messages[0]!.stream);
  const other = one === "order" ? "audit" : "order";
  const to = ["--to-position", `${messages[0]!.globalPosition}`];
  const window = await runCli([...args.slice(0, -1), `${one},${other}`, ...to]);
  assertStringIncludes(
    window.stderr,
    `no event of the category "${other}" was found in this window\n`,
  );
  const json = await runCli([...args, "--quiet", "--json"]);
  assertEquals(lastJson(json.stderr).missing, ["odrer"]);
});

const last = messages.at(-1)!;

/** What matches nothing, and what is said about it. */
const nothings: [args: string[], said: RegExp][] = [
  [["--categories", "Order"], /There is no category of that name\. Did you mean "order"\?/],
  [["--categories", "zzzzzz"], /There is no category of that name\n/],
  [
    ["--categories", "order", "--until", "1999-01-01"],
    /No event of the category "order" was found in this window/,
  ],
  [["--all", "--since", "9999-01-01"], /The last event is of .*, before --since/],
  [
    ["--all", "--from-position", `${last.globalPosition + 1}`],
    new RegExp(
      `The highest global position there is ${last.globalPosition}, below --from-position`,
    ),
  ],
];

Deno.test("eventodb export does not end with 0, nor replace a file, when nothing matches", async () => {
  await using test = await setUp();
  const out = `${test.folder}/out.ndjson`;
  for (const [args, said] of nothings) {
    await Deno.writeTextFile(out, "before\n");
    const to = ["export", ...connection(test.server), ...args, "--output", out];
    const { status, stderr } = await runCli(to);
    assertEquals(status, 1);
    assertMatch(
      stderr,
      /^error: Nothing to export: no event matches\nNothing was/,
    );
    assertMatch(stderr, said);
    assertMatch(stderr, /\nWith --allow-empty, /);
    assertEquals(await Deno.readTextFile(out), "before\n");
    assertEquals(await namesIn(test.folder), ["out.ndjson"]);

    assertEquals((await runCli([...to, "--allow-empty", "--no-manifest"])).status, 0);
    assertEquals(await Deno.readTextFile(out), "");
    await Deno.remove(out);
    assertEquals((await runCli([...to, "--quiet"])).status, 1);
    assertEquals(await namesIn(test.folder), []);
  }
});

Deno.test("eventodb export of an empty namespace says that it is one", async () => {
  await using server = await startServer();
  const { status, stderr } = await runCli(["export", ...connection(server), "--all"]);
  assertEquals(status, 1);
  assertMatch(stderr, /^error: Nothing to export.*\nThe namespace has no events\n/);
});

Deno.test("eventodb export has every line once behind a server that keeps failing", async () => {
  await using test = await setUp();
  const faults: Fault[] = [
    { answer: failure(500) },
    { cutAfter: 50_000 },
    { endAfter: 33_333 },
    { answer: html(502) },
    { cutAfter: 120_000 },
  ];
  let next = 0;
  await using failing = startFailingServer(
    test.server.url,
    ({ path }) => path === "/export" ? faults[next++] : undefined,
  );
  const out = `${test.folder}/out.ndjson`;
  const args = ["export", ...connection({ ...test.server, url: failing.url }), "--all"];
  const { status, stderr } = await runCli([...args, "--output", out]);
  assertEquals(status, 0);
  assertEquals(await Deno.readTextFile(out), linesOf(messages));
  assertEquals(stderr.match(/Trying again in \d+\.\d s/g)?.length, faults.length);
});

/** Fails for good, and leaves the file that was there as it was. */
async function assertNothingWritten(
  test: { folder: string; server: TestServer },
  { url = test.server.url, token = test.server.token }: { url?: string; token?: string },
  said: RegExp,
): Promise<void> {
  const out = `${test.folder}/out.ndjson`;
  await Deno.writeTextFile(out, "before\n");
  const args = ["export", "--url", url, "--token", token, "--all", "--output", out];
  const { status, stdout, stderr } = await runCli(args);
  assertEquals([status, stdout], [1, ""]);
  assertMatch(stderr, said);
  assertMatch(stderr, /Nothing was written to .*out\.ndjson\n/);
  assertEquals(/\bat \S+\.ts\b/.test(stderr), false);
  assertEquals(await Deno.readTextFile(out), "before\n");
  assertEquals(await namesIn(test.folder), ["out.ndjson"]);
}

Deno.test("eventodb export leaves no file behind when it is refused midway", async () => {
  await using test = await setUp();
  await using failing = startFailingServer(
    test.server.url,
    ({ number }) => number === 3 ? { answer: failure(403, "AUTH_UNAUTHORIZED") } : undefined,
  );
  await assertNothingWritten(test, failing, /error: The database is away \(AUTH_UNAUTHORIZED\)/);
});

Deno.test("eventodb export to standard output says whether anything was written before it failed", async () => {
  await using test = await setUp();
  for (const [cutAfter, said] of [[0, "Nothing was written to"], [90_000, "What was written"]]) {
    let asked = 0;
    await using failing = startFailingServer(test.server.url, ({ path }) => {
      if (path !== "/export") return undefined;
      if (asked++ === 0) return { cutAfter: Number(cutAfter) };
      return { answer: failure(403, "AUTH_UNAUTHORIZED") };
    });
    const { token } = test.server;
    const { status, stdout, stderr } = await runCli(
      ["export", "--url", failing.url, "--token", token, "--all"],
    );
    assertEquals(status, 1);
    assertStringIncludes(stderr, `(AUTH_UNAUTHORIZED)\n${said}`);
    assertEquals(lastJson(stdout), { error: "The database is away" });
    const lines = stdout.split("\n").slice(0, -2).map((line) => `${line}\n`).join("");
    assertEquals(lines, linesOf(messages).slice(0, lines.length));
  }
});

/** Exports that fail, and what their last line says. */
const failures: [args: string[], said: RegExp][] = [
  [["--all", "--token", "secret"], /token/],
  [["--categories", "zzzzzz"], /^Nothing to export/],
];

Deno.test("eventodb export that fails ends standard output with a line that no import takes", async () => {
  await using test = await setUp();
  for (const [args, said] of failures) {
    for (const gzip of [false, true]) {
      const command = ["export", ...connection(test.server), ...args, ...gzip ? ["--gzip"] : []];
      const { code, stdout } = await cliCommand(command).output();
      assert(code > 0);
      const text = new TextDecoder().decode(gzip ? gunzipSync(stdout) : stdout);
      assertMatch(lastJson(text).error as string, said);
    }
  }
});

Deno.test("eventodb export that is interrupted ends standard output with such a line, too", async () => {
  await using test = await setUp();
  for (const [gzip, stallAfter] of [[false, 90_000], [true, 90_000], [false, 0]] as const) {
    await using stalling = startFailingServer(
      test.server.url,
      ({ path }) => path === "/export" ? { stallAfter } : undefined,
    );
    const reached = Promise.withResolvers<void>();
    const watch = setInterval(() => stalling.seen.length >= 3 && reached.resolve(), 5);
    const url = stalling.url;
    const args = ["export", ...connection({ ...test.server, url }), "--all"];
    const process = cliCommand([...args, ...gzip ? ["--gzip"] : []]).spawn();
    await reached.promise;
    clearInterval(watch);
    process.kill("SIGTERM");
    const { code, stdout } = await process.output();
    assertEquals(code, 130);
    const text = new TextDecoder().decode(gzip ? gunzipSync(stdout) : stdout);
    assertEquals(lastJson(text), { error: "The export was interrupted" });
  }
});

Deno.test("eventodb export says that a response is a proxy's, and of what address", async () => {
  await using test = await setUp();
  await using proxy = startFailingServer(test.server.url, () => ({ answer: html() }));
  await assertNothingWritten(
    test,
    proxy,
    /not one of an EventoDB server.*Welcome.*\nNothing.*\nCheck --url/,
  );
});

Deno.test("eventodb export refuses positions that go back", async () => {
  await using test = await setUp();
  await using broken = startFailingServer(
    test.server.url,
    ({ path }) =>
      path === "/export"
        ? { change: (text) => `${text.trimEnd().split("\n").reverse().join("\n")}\n` }
        : undefined,
  );
  await assertNothingWritten(
    test,
    broken,
    /sent global position \d+, which is not above \d+/,
  );
});

Deno.test("eventodb export says what is wrong with a token", async () => {
  await using test = await setUp();
  await assertNothingWritten(test, { token: "secret" }, /AUTH_INVALID_TOKEN/);
  await assertNothingWritten(test, { token: createToken("elsewhere") }, /AUTH_UNAUTHORIZED/);
});

Deno.test("eventodb export discovers an output that cannot be written before it asks the server", async () => {
  await using test = await setUp();
  await using failing = startFailingServer(test.server.url, () => undefined);
  const outputs: [string, RegExp][] = [
    [test.folder, /Cannot write .*: it is a folder/],
    [
      `${test.folder}/none/out.ndjson`,
      /Cannot write .*: the folder .*\/none does not exist\nCreate it/,
    ],
    [`${test.folder}/file/out.ndjson`, /Cannot write .*: a part of its path is not a folder/],
  ];
  await Deno.writeTextFile(`${test.folder}/file`, "");
  for (const [output, said] of outputs) {
    const { status, stderr } = await runCli([
      ...["export", "--url", failing.url, "--token", test.server.token],
      ...["--all", "--output", output],
    ]);
    assertEquals(status, 1);
    assertMatch(stderr, said);
  }
  assertEquals(failing.seen, []);
});

Deno.test("eventodb export writes into a device without replacing it", async () => {
  if (Deno.build.os === "windows") return;
  await using test = await setUp();
  const all = ["export", ...connection(test.server), "--all"];
  assertEquals((await runCli([...all, "--output", "/dev/null"])).status, 0);
  assert((await Deno.stat("/dev/null")).isCharDevice);
});

Deno.test({
  name: "eventodb says that there is no room for what it writes",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using test = await setUp();
    const all = ["export", ...connection(test.server), "--all"];
    const outputs: [args: string[], name: string][] = [
      [[...all, "--output", "/dev/full"], "/dev/full"],
      [all, "standard output"],
      [["ns", "list", ...connection(test.server)], "standard output"],
    ];
    for (const [args, name] of outputs) {
      const { code, stderr } = await new Deno.Command("sh", {
        args: ["-c", 'exec "$@" > /dev/full', "sh", ...cliWords, ...args],
        stderr: "piped",
      }).output();
      assertEquals(code, 1);
      const said = new TextDecoder().decode(stderr);
      assertStringIncludes(said, `error: Cannot write ${name}: No space left on device\n`);
    }
  },
});

Deno.test("eventodb export says that the address is one of EventoDB's own paths", async () => {
  await using test = await setUp();
  const url = `${test.server.url}/rpc`;
  await assertNothingWritten(
    test,
    { url },
    /\(NOT_FOUND\)\nNothing.*\nCheck --url: .* without \/rpc\n/,
  );
});

Deno.test("eventodb export keeps a link, and the mode of the file that it replaces", async () => {
  if (Deno.build.os === "windows") return;
  await using test = await setUp();
  await Deno.writeTextFile(`${test.folder}/real`, "before\n", { mode: 0o600 });
  await Deno.symlink(`${test.folder}/real`, `${test.folder}/link`);
  const all = ["export", ...connection(test.server), "--all"];
  assertEquals((await runCli([...all, "--output", `${test.folder}/link`])).status, 0);
  assert((await Deno.lstat(`${test.folder}/link`)).isSymlink);
  assertEquals(await Deno.readTextFile(`${test.folder}/real`), linesOf(messages));
  assertEquals((await Deno.stat(`${test.folder}/real`)).mode! & 0o777, 0o600);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`eventodb export leaves no file behind on ${signal}`, async () => {
    await using test = await setUp();
    await using stalling = startFailingServer(
      test.server.url,
      ({ number }) => number === 3 ? { stallAfter: 10_000 } : undefined,
    );
    const reached = Promise.withResolvers<void>();
    const watch = setInterval(() => stalling.seen.length >= 3 && reached.resolve(), 5);
    const out = `${test.folder}/out.ndjson`;
    await using running = startCli([
      ...["export", ...connection({ ...test.server, url: stalling.url }), "--all"],
      ...["--output", out],
    ]);
    await reached.promise;
    clearInterval(watch);
    assertMatch((await namesIn(test.folder)).join(), /^out\.ndjson\.[0-9a-f]{8}\.part$/);
    running.process.kill(signal);
    const { status, stderr } = await running.ended;
    assertEquals(status, 130);
    assertMatch(stderr, /Nothing was written to .*out\.ndjson\nInterrupted\n$/);
    assertEquals(await namesIn(test.folder), []);
  });
}

Deno.test("eventodb export ends quietly when its reader has gone", async () => {
  await using test = await setUp();
  await using running = startCli(["export", ...connection(test.server), "--all"], {
    closeStdout: true,
  });
  assertEquals(await running.ended, { status: 0, stdout: "", stderr: "" });
});

Deno.test("eventodb export writes the file that a link points to, also when it is not there yet", async () => {
  if (Deno.build.os === "windows") return;
  await using test = await setUp();
  await Deno.mkdir(`${test.folder}/data`);
  await Deno.symlink("data/next", `${test.folder}/link`);
  await Deno.symlink("real", `${test.folder}/data/next`);
  const all = ["export", ...connection(test.server), "--all"];
  assertEquals((await runCli([...all, "-o", "link"], { cwd: test.folder })).status, 0);
  assert((await Deno.lstat(`${test.folder}/link`)).isSymlink);
  assert((await Deno.lstat(`${test.folder}/data/next`)).isSymlink);
  assertEquals(await Deno.readTextFile(`${test.folder}/data/real`), linesOf(messages));
  assertEquals(await namesIn(`${test.folder}/data`), ["next", "real"]);

  await Deno.symlink("loop", `${test.folder}/loop`);
  const loop = await runCli([...all, "-o", `${test.folder}/loop`]);
  assertEquals(loop.status, 1);
  assertMatch(loop.stderr, /Cannot write .*loop: it is a link that points back to itself\n/);
});

Deno.test("eventodb export takes /dev/stdout for standard output, and keeps a redirected file", async () => {
  if (Deno.build.os === "windows") return;
  await using test = await setUp();
  const all = ["export", ...connection(test.server), "--all", "-q", "-o", "/dev/stdout"];
  assertEquals((await runCli(all)).stdout, linesOf(messages));
  const { code } = await new Deno.Command("sh", {
    args: ["-c", 'exec "$@" > out', "sh", ...cliWords, ...all],
    cwd: test.folder,
  }).output();
  assertEquals([code, await namesIn(test.folder)], [0, ["out"]]);
  assertEquals(await Deno.readTextFile(`${test.folder}/out`), linesOf(messages));
});

Deno.test("eventodb export writes into a named pipe, and ends it with a line that says that it failed", async () => {
  if (Deno.build.os === "windows") return;
  await using test = await setUp();
  const pipe = `${test.folder}/pipe`;
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  await using failing = startFailingServer(
    test.server.url,
    ({ path }) => path === "/export" ? { answer: failure(403, "AUTH_UNAUTHORIZED") } : undefined,
  );
  for (const { url, status } of [{ url: test.server.url, status: 0 }, { ...failing, status: 1 }]) {
    const all = ["export", ...connection({ ...test.server, url }), "--all", "--output", pipe];
    // By another process, since Deno 2.8.0 waits for the writer without doing anything else.
    const reading = new Deno.Command("cat", { args: [pipe] }).output();
    const [{ stdout }, result] = await Promise.all([reading, runCli(all)]);
    const read = new TextDecoder().decode(stdout);
    assertEquals(result.status, status);
    if (status === 0) assertEquals(read, linesOf(messages));
    else assertEquals(lastJson(read), { error: "The database is away" });
    assertEquals(await namesIn(test.folder), ["pipe"]);
  }
});

Deno.test("eventodb export that waits for a named pipe's reader ends when it is interrupted", async () => {
  if (Deno.build.os === "windows") return;
  await using test = await setUp();
  const pipe = `${test.folder}/pipe`;
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  await using failing = startFailingServer(test.server.url, () => undefined);
  const url = failing.url;
  const args = ["export", ...connection({ ...test.server, url }), "--all", "--output", pipe];
  const waiting = cliCommand(args).spawn();
  // There is nothing else to be seen of it: it has no output and asks nobody yet.
  const status = waiting.status;
  const ended = status.then(() => true);
  while (!await Promise.race([ended, delay(100)])) waiting.kill("SIGTERM");
  const { code, signal } = await status;
  assert(code === 130 || signal === "SIGTERM", `it ended with ${code}`);
  await waiting.stdout.cancel();
  await waiting.stderr.cancel();
  assertEquals(failing.seen, []);
});

Deno.test("eventodb export removes what a killed export has left, and nothing that is in use", async () => {
  await using test = await setUp();
  const out = `${test.folder}/out.ndjson`;
  const kept = ["out.ndjson.note.part", "other.ndjson.00000000.part"];
  for (const name of ["out.ndjson.01234567.part", ...kept]) {
    await Deno.writeTextFile(`${test.folder}/${name}`, "");
  }
  await using stalling = startFailingServer(
    test.server.url,
    ({ path }) => path === "/export" ? { stallAfter: 10_000 } : undefined,
  );
  const first = ["export", ...connection({ ...test.server, url: stalling.url }), "--all"];
  await using running = startCli([...first, "--output", out]);
  while (stalling.seen.length < 3) await delay(5);

  const second = ["export", ...connection(test.server), "--all", "--output", out];
  assertEquals((await runCli(second)).status, 0);
  assertEquals(await Deno.readTextFile(out), linesOf(messages));
  const names = await namesIn(test.folder);
  assertEquals(names.filter((name) => !/^out\.ndjson\.[0-9a-f]{8}\.part$/.test(name)), [
    "other.ndjson.00000000.part",
    "out.ndjson",
    "out.ndjson.manifest.json",
    "out.ndjson.note.part",
  ]);
  assertEquals(names.length, 5, "the export that runs has lost its file");
  running.process.kill("SIGKILL");
  await running.ended;
  assertEquals((await runCli(second)).status, 0);
  assertEquals((await namesIn(test.folder)).length, 4);
});

Deno.test({
  name: "eventodb export says that a folder may not be written to",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using test = await setUp();
    const args = ["export", ...connection(test.server), "--all", "--output", "/sys/out.ndjson"];
    const { status, stderr } = await runCli(args);
    assertEquals(status, 1);
    assertMatch(
      stderr,
      /Cannot write \/sys\/out\.ndjson: .*(new files in the folder \/sys|Read-only)/,
    );
  },
});

Deno.test("eventodb export notes positions of consumers that it does not bring along", async () => {
  await using test = await setUp({ own: true });
  const client = new EventoDBClient({ url: test.server.url, token: test.server.token });
  await new StreamPositionStore(client, "order:position-billing").save(89);
  const run = (categories: string) =>
    runCli(["export", ...connection(test.server), "--categories", categories, "-o", "out.ndjson"], {
      cwd: test.folder,
    });
  const note = 'keep their positions in the category "order:position", which was not exported';
  assertStringIncludes((await run("order,account")).stderr, note);
  assert(!(await run("account")).stderr.includes("positions in the category"));
  assert(!(await run("order,order:position")).stderr.includes("positions in the category"));
});

Deno.test({
  name: "eventodb export leaves the old file, and nothing else, on a disk that is full",
  ignore: !await SmallDisk.isPossible(),
  async fn() {
    await using test = await setUp();
    await using disk = await SmallDisk.mount("64k");
    const out = `${disk.path}/out.ndjson`;
    await Deno.writeTextFile(out, "before\n");
    const args = ["export", ...connection(test.server), "--all", "--output", out];
    const { status, stderr } = await runCli(args);
    assertEquals(status, 1);
    assertMatch(stderr, /error: Cannot write .*out\.ndjson: No space left on device\nNothing was/);
    assertEquals(await Deno.readTextFile(out), "before\n");
    assertEquals(await namesIn(disk.path), ["out.ndjson"]);
  },
});
