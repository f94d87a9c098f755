import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { EventoDBClient } from "../../mod.ts";
import { createToken } from "../../src/auth/create_token.ts";
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "../support/assert.ts";
import {
  cliCommand,
  cliInShell,
  cliPath,
  cliWords,
  lastJson,
  runCli,
  startCli,
} from "../support/cli.ts";
import {
  failure,
  type Fault,
  html,
  type SeenRequest,
  startFailingServer,
} from "../support/failing_server.ts";
import { lineOf } from "../support/history.ts";
import { startServer, type TestServer } from "../support/server.ts";

const asItWas = "Nothing was imported: the namespace is as it was\n";

/** A server, an empty folder, and ways to put a file there and to count what is on the server. */
async function setUp() {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startServer());
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  undo.defer(() => Deno.remove(folder, { recursive: true }));
  const client = new EventoDBClient({ url: server.url, token: server.token });
  const resources = undo.move();
  return {
    server,
    folder,
    client,
    async file(content: string | Uint8Array): Promise<string> {
      const path = `${folder}/events.ndjson`;
      if (typeof content === "string") await Deno.writeTextFile(path, content);
      else await Deno.writeFile(path, content);
      return path;
    },
    async count(): Promise<number> {
      return (await client.namespaceInfo("default")).messageCount;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function connection({ url, token }: Pick<TestServer, "url" | "token">): string[] {
  return ["import", "--url", url, "--token", token];
}

/** A server like those written in Go, as far as an import is concerned. */
function withoutFeatures({ path }: SeenRequest): Fault | undefined {
  return path === "/version" ? { answer: Response.json({ version: "1.0.0" }) } : undefined;
}

const lines = [1, 2, 3].map((n) => lineOf(n)).join("");

Deno.test("eventodb import brings in a file, and ends with the count and the time", async () => {
  await using test = await setUp();
  const input = await test.file(lines);
  const { status, stdout, stderr } = await runCli([...connection(test.server), "--input", input]);
  assertEquals([status, stdout], [0, ""]);
  const [first, ...others] = stderr.split("\n");
  assertEquals(first, `Importing ${input} into the namespace "default" of ${test.server.url}`);
  assertMatch(others.join("\n"), /^Done\. 3 events imported in \d+\.\d s\n$/);
  assertEquals(await test.count(), 3);
});

Deno.test("eventodb import reads standard input", async () => {
  for (const args of [[], ["--input", "-"]]) {
    await using test = await setUp();
    const { status } = await runCli([...connection(test.server), ...args], { stdin: lines });
    assertEquals([status, await test.count()], [0, 3]);
  }
});

/** What holds no record. */
const empties: [what: string, bytes: string | Uint8Array][] = [
  ["no byte", ""],
  ["blank lines", "\n \r\n\t\n"],
  ["a byte order mark", "\ufeff\n"],
  ["gzip data of nothing", gzipSync("")],
  ["gzip data of blank lines", gzipSync("\n\n")],
  ["more blank lines than are looked at", "\n".repeat(200_000)],
  ["gzip data of more of them", gzipSync("\n".repeat(5_000_000))],
];

for (const [what, bytes] of empties) {
  Deno.test(`eventodb import takes ${what} for no import, unless --allow-empty`, async () => {
    await using test = await setUp();
    await test.client.upload(new Blob([lines]));
    const args = [...connection(test.server), "--input", await test.file(bytes)];
    for (const mode of [[], ["--existing", "skip"], ["--force", "--yes"]]) {
      const { status, stderr } = await runCli([...args, ...mode]);
      assertEquals(status, 1);
      assertMatch(stderr, /error: Cannot import .*events\.ndjson: it holds no record\n/);
      assertMatch(
        stderr,
        /\nNothing was imported: the namespace is as it was\nWith --allow-empty, /,
      );
      assertEquals(await test.count(), 3);
    }
    assertEquals((await runCli([...args, "--allow-empty"])).status, 0);
    assertEquals(await test.count(), 3);
    assertEquals((await runCli([...args, "--force", "--yes", "--allow-empty"])).status, 0);
    assertEquals(await test.count(), 0);
  });
}

Deno.test("eventodb import asks for --input where nothing is connected, and sends nothing", async () => {
  await using test = await setUp();
  await using server = startFailingServer(test.server.url, () => undefined);
  const args = [...connection({ ...test.server, url: server.url }), "--force", "--yes"];
  for (const redirection of ["< /dev/null", "<&-"]) {
    const { code, stderr } = await new Deno.Command("sh", {
      args: [
        "-c",
        `exec "$@" ${redirection}`,
        "sh",
        ...cliWords,
        ...args,
      ],
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(
      [code, new TextDecoder().decode(stderr)],
      [2, "error: There is nothing to import\nUse --input FILE, or pipe a file in\n"],
    );
  }
  const { status, stderr } = await runCli(args, { stdin: "" });
  assertEquals(status, 1);
  assertMatch(stderr, /standard input: it holds no record\nNothing.*\nThe command before the pipe/);
  assertEquals(server.seen, []);
});

Deno.test("eventodb import behind a pipe refuses what an export that failed has written", async () => {
  await using test = await setUp();
  await test.client.upload(new Blob([lines]));
  await using failing = startFailingServer(test.server.url, ({ path, number }) => {
    if (path !== "/export") return undefined;
    return number < 4 ? { cutAfter: 250 } : { answer: failure(403, "AUTH_UNAUTHORIZED") };
  });
  const cli = cliInShell;
  const token = test.server.token;
  for (const gzip of ["", "--gzip"]) {
    const { code, stderr } = await new Deno.Command("sh", {
      args: [
        "-c",
        `${cli} export --url ${failing.url} --token ${token} --all -q ${gzip} |
         ${cli} import --url ${test.server.url} --token ${token} --force --yes`,
      ],
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(code, 1);
    assertMatch(
      new TextDecoder().decode(stderr),
      /error: Cannot import line \d of standard input: the export that wrote it failed: The database/,
    );
    assertEquals(await test.count(), 3);
  }
});

Deno.test("eventodb import believes no server that has taken less than was sent", async () => {
  await using test = await setUp();
  for (const gzip of [[], ["--gzip"]]) {
    await using lying = startFailingServer(
      test.server.url,
      ({ path }) =>
        path !== "/import" ? undefined : {
          answer: new Response('data: {"done":true,"imported":1,"elapsed":"0.1s"}\n\n', {
            headers: { "Content-Type": "text/event-stream" },
          }),
        },
    );
    const args = [...connection({ ...test.server, url: lying.url }), ...gzip];
    const { status, stderr } = await runCli(args, {
      stdin: `\ufeff${lines}\n\n${lineOf(4).trim()}`,
    });
    assertEquals(status, 1);
    assertMatch(
      stderr,
      /error: 4 records of standard input were sent, but the server says that it has imported 1\n/,
    );
    assertMatch(stderr, /It is not known what the namespace holds now/);
  }
});

Deno.test("eventodb import recognises gzip data, and compresses by --gzip", async () => {
  for (const [stdin, args] of [[gzipSync(lines), []], [lines, ["--gzip"]]] as const) {
    await using test = await setUp();
    const result = await runCli([...connection(test.server), ...args], { stdin });
    assertEquals([result.status, await test.count()], [0, 3]);
  }
});

Deno.test("eventodb import sends plain lines to a server that does not understand gzip", async () => {
  for (const [stdin, args] of [[gzipSync(lines), []], [lines, ["--gzip"]]] as const) {
    await using test = await setUp();
    await using old = startFailingServer(test.server.url, withoutFeatures);
    const { url } = old;
    const result = await runCli([...connection({ ...test.server, url }), ...args], { stdin });
    assertEquals([result.status, await test.count()], [0, 3]);
  }
});

Deno.test("eventodb import refuses gzip data that is cut short or damaged", async () => {
  const whole = gzipSync(Array.from({ length: 2000 }, (_, i) => lineOf(i + 1)).join(""));
  const damaged = new Uint8Array(whole);
  damaged[damaged.length - 6]! ^= 0xff; // The checksum.
  for (const features of [true, false]) {
    await using test = await setUp();
    await using server = startFailingServer(
      test.server.url,
      (request) => features ? undefined : withoutFeatures(request),
    );
    const args = connection({ ...test.server, url: server.url });
    const cut = await runCli(args, { stdin: whole.subarray(0, whole.length - 50) });
    assertEquals(cut.status, 1);
    assertStringIncludes(cut.stderr, "Cannot import standard input: the gzip data is cut short");
    const broken = await runCli(args, { stdin: damaged });
    assertEquals(broken.status, 1);
    assertStringIncludes(broken.stderr, "Cannot import standard input: the gzip data is damaged");
    assertEquals(await test.count(), 0);
  }
});

/** Bad input, and what is said about it. */
const mistakes: [what: string, stdin: string, line: number, said: RegExp][] = [
  ["a line that is no JSON", `${lines}{"id":\n`, 4, /JSON .*\(INVALID_JSON\)$/],
  ["a line that is no object", `${lines}[1]\n`, 4, /got \[1\] \(INVALID_JSON\)$/],
  [
    "a missing field",
    lineOf(1, { stream: undefined }),
    1,
    /"stream" is missing \(INVALID_RECORD\)$/,
  ],
  ["a wrong position", lineOf(1, { gpos: 0 }), 1, /"gpos" must be at least 1, got 0 \(INVALID_REC/],
  ["a time without a zone", lineOf(1, { time: "2025-07-15T10:00:00" }), 1, /has no time zone/],
  ["a line cut at the end", `${lines}${lineOf(4).slice(0, 40)}`, 4, /\(INVALID_JSON\)$/],
  ["a repeated position", `${lines}\n${lineOf(4, { gpos: 2 })}`, 5, /\(POSITION_EXISTS\)$/],
  [
    "a repeated id",
    lineOf(1) + lineOf(2, { id: JSON.parse(lineOf(1)).id }),
    2,
    /\(MESSAGE_ID_EXISTS\)$/,
  ],
];

for (const [what, stdin, line, said] of mistakes) {
  Deno.test(`eventodb import names ${what} by its line, and leaves nothing behind`, async () => {
    await using test = await setUp();
    const { status, stdout, stderr } = await runCli(connection(test.server), { stdin });
    assertEquals([status, stdout], [1, ""]);
    const [, first, second] = stderr.split("\n");
    assertMatch(first!, new RegExp(`^error: Cannot import line ${line} of standard input\\b`));
    assertMatch(first!, said);
    assertEquals(`${second}\n`, asItWas);
    assertEquals(await test.count(), 0);
  });
}

Deno.test("eventodb import says how to go on when events are there already", async () => {
  await using test = await setUp();
  const input = await test.file(lines);
  const args = [...connection(test.server), "--input", input];
  assertEquals((await runCli(args)).status, 0);

  const again = await runCli(args);
  assertEquals(again.status, 1);
  assertMatch(
    again.stderr,
    /line 1\b.*\(POSITION_EXISTS\)\nNothing.*\nIf it was imported before.*--existing skip/,
  );

  const skipping = await runCli([...args, "--existing", "skip"]);
  assertEquals(skipping.status, 0);
  assertMatch(skipping.stderr, /Done\. 0 events imported in .*, 3 skipped, already there\n/);

  await test.file(lineOf(9));
  const replacing = await runCli([...args, "--force", "--yes"]);
  assertEquals([replacing.status, await test.count()], [0, 1]);
});

Deno.test("eventodb import gives no advice that was followed already", async () => {
  await using test = await setUp();
  const path = await test.file(lineOf(1) + lineOf(1, { type: "Other" }));
  const args = [...connection(test.server), "--input", path];
  for (const mode of [[], ["--existing", "skip"]]) {
    const twice = (await runCli([...args, ...mode])).stderr;
    assertStringIncludes(twice, "The input holds two versions of it: take one of the lines out\n");
    assertFalse(twice.includes("--force"));
  }
  assertEquals((await runCli(connection(test.server), { stdin: lines })).status, 0);
  const plain = (await runCli(args)).stderr;
  assertStringIncludes(plain, "--existing skip");
  assertStringIncludes(plain, "--force");
  const forced = (await runCli([...args, "--force", "--yes"])).stderr;
  assertStringIncludes(forced, "The input has it twice");
  assertFalse(forced.includes("replace all"));
  const skipping = (await runCli([...args, "--existing", "skip"])).stderr;
  assertStringIncludes(skipping, "--force");
  assertFalse(skipping.includes("--existing skip"));
});

Deno.test("eventodb import wants --yes for --force where nobody can be asked", async () => {
  await using test = await setUp();
  const { status, stderr } = await runCli([...connection(test.server), "--force"], {
    stdin: lines,
  });
  assertEquals(status, 2);
  assertMatch(stderr, /confirmation needs a terminal\nAdd --yes/);
  assertEquals(await test.count(), 0);
});

Deno.test("eventodb import ends with a line of JSON when asked for", async () => {
  await using test = await setUp();
  const args = [...connection(test.server), "--json", "--quiet"];
  const done = await runCli(args, { stdin: lines });
  assertEquals(done.stderr, "");
  const { elapsedMs, ...facts } = lastJson(done.stdout);
  assert(typeof elapsedMs === "number");
  assertEquals(facts, { ok: true, imported: 3, skipped: 0 });

  const failed = await runCli(args, { stdin: lines });
  const { ok, error } = lastJson(failed.stdout);
  const { code, line } = error as { code: string; line: number };
  assertEquals([ok, code, line], [false, "POSITION_EXISTS", 1]);
});

Deno.test("eventodb import refuses an input that is a folder, or is not there", async () => {
  await using test = await setUp();
  await using server = startFailingServer(test.server.url, () => undefined);
  const inputs: [string, RegExp][] = [
    [test.folder, /Cannot read .*: it is a folder/],
    [`${test.folder}/none`, /Cannot read .*: there is no such file or folder/],
  ];
  for (const [input, said] of inputs) {
    const args = connection({ ...test.server, url: server.url });
    const { status, stderr } = await runCli([...args, "--input", input]);
    assertEquals(status, 1);
    assertMatch(stderr, said);
  }
  assertEquals(server.seen, []);
});

Deno.test("eventodb import says what is wrong with a token", async () => {
  await using test = await setUp();
  const tokens: [string, RegExp][] = [
    ["secret", /AUTH_INVALID_TOKEN\)\nNothing was imported.*\nCheck --token/],
    [createToken("elsewhere"), /AUTH_UNAUTHORIZED\)\nNothing was imported.*\nCheck --token/],
  ];
  for (const [token, said] of tokens) {
    const { status, stderr } = await runCli(connection({ ...test.server, token }), {
      stdin: lines,
    });
    assertEquals(status, 1);
    assertMatch(stderr, said);
  }
});

Deno.test("eventodb import says that a proxy answered", async () => {
  await using test = await setUp();
  await using proxy = startFailingServer(test.server.url, () => ({ answer: html() }));
  const args = connection({ ...test.server, url: proxy.url });
  const { status, stderr } = await runCli(args, { stdin: lines });
  assertEquals(status, 1);
  assertMatch(stderr, /not one of an EventoDB server.*Welcome.*\nNothing was sent\nCheck --url/);
});

Deno.test("eventodb import says that a connection was refused", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const args = connection({ url: `http://127.0.0.1:${port}`, token: createToken("default") });
  const { status, stderr } = await runCli(args, { stdin: lines });
  assertEquals(status, 1);
  assertMatch(
    stderr,
    /Cannot reach http:\/\/127.*: Connection refused \(CONNECTION_FAILED\)\nNothing was sent/,
  );
});

Deno.test("eventodb import says that it is not known how it ended, and how to find out", async () => {
  await using test = await setUp();
  await using failing = startFailingServer(
    test.server.url,
    ({ path }) => path === "/import" ? { cutAfter: 0 } : undefined,
  );
  const args = connection({ ...test.server, url: failing.url });
  const { status, stderr } = await runCli(args, { stdin: lines });
  assertEquals(status, 1);
  assertMatch(stderr, /not known whether it is committed\. To find out, .*--existing skip/);
  assertEquals(stderr.includes(asItWas), false);

  const again = await runCli([...connection(test.server), "--existing", "skip"], { stdin: lines });
  assertMatch(again.stderr, /0 events imported in .*, 3 skipped/);
});

Deno.test("eventodb import says that events may have been kept by a server that is not atomic", async () => {
  await using test = await setUp();
  await using old = startFailingServer(test.server.url, withoutFeatures);
  const args = connection({ ...test.server, url: old.url });
  const { status, stderr } = await runCli(args, { stdin: `${lines}{\n` });
  assertEquals(status, 1);
  assertMatch(stderr, /line 4 of .*\(INVALID_JSON\)\nThis server does not import atomically/);
});

Deno.test("eventodb import leaves nothing behind on SIGINT", async () => {
  await using test = await setUp();
  await using proxy = startFailingServer(test.server.url, () => undefined);
  await using running = startCli(connection({ ...test.server, url: proxy.url }), { stdin: "" });
  const writer = running.process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(lines));
  const reached = Promise.withResolvers<void>();
  const watch = setInterval(() => {
    if (proxy.seen.some(({ path }) => path === "/import")) reached.resolve();
  }, 5);
  await reached.promise;
  clearInterval(watch);
  running.process.kill("SIGINT");
  const { status, stderr } = await running.ended;
  await writer.close().catch(() => {});
  assertEquals(status, 130);
  assertMatch(stderr, /^Importing standard input into the namespace "default" of .*\n/);
  assertEquals(stderr.split("\n").slice(1).join("\n"), `${asItWas}Interrupted\n`);
  assertEquals(await test.count(), 0);
});

Deno.test({
  name: "eventodb import without --input on a terminal says what is missing",
  ignore: Deno.build.os !== "linux" ||
    !(await new Deno.Command("sh", { args: ["-c", "command -v script"] }).output()).success,
  async fn() {
    await using test = await setUp();
    await using server = startFailingServer(test.server.url, () => undefined);
    const args = connection({ ...test.server, url: server.url }).map((arg) => `"${arg}"`).join(" ");
    for (const force of ["", "--force --yes"]) {
      const command = `${cliInShell} ${args} ${force}`;
      const { code, stdout } = await new Deno.Command("script", {
        args: ["-qec", command, "/dev/null"],
        env: { NO_COLOR: "1" },
        stdin: "null",
      }).output();
      assertEquals(
        [code, new TextDecoder().decode(stdout)],
        [2, "error: There is nothing to import\r\nUse --input FILE, or pipe a file in\r\n"],
      );
    }
    assertEquals(server.seen, []);
  },
});

Deno.test("eventodb import looks for no manifest beside what a shell names by <(…)", async () => {
  if (Deno.build.os === "windows") return;
  await using test = await setUp();
  await Deno.writeTextFile(`${test.folder}/july.ndjson`, lines);
  const { host } = new URL(test.server.url);
  const { code, stderr } = await new Deno.Command("sh", {
    args: [
      "-c",
      'cat july.ndjson | "$0" "$@" --input /dev/fd/3 3<&0 < /dev/null',
      Deno.execPath(),
      ...["run", "--quiet", "--no-prompt", "--allow-read", `--allow-net=${host}`, cliPath],
      ...connection(test.server),
    ],
    cwd: test.folder,
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  assertEquals(await test.count(), 3);
});

Deno.test("eventodb import reads a named pipe, and ends when it is interrupted before a writer comes", async () => {
  if (Deno.build.os === "windows") return;
  await using test = await setUp();
  const pipe = `${test.folder}/pipe`;
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  const args = [...connection(test.server), "--input", pipe];
  const [result] = await Promise.all([runCli(args), Deno.writeTextFile(pipe, lines)]);
  assertEquals([result.status, await test.count()], [0, 3]);

  const waiting = cliCommand(args).spawn();
  const status = waiting.status;
  const ended = status.then(() => true);
  while (!await Promise.race([ended, delay(100)])) waiting.kill("SIGTERM");
  const { code, signal } = await status;
  assert(code === 130 || signal === "SIGTERM", `it ended with ${code}`);
  await waiting.stdout.cancel();
  await waiting.stderr.cancel();
  assertEquals(await test.count(), 3);
});
