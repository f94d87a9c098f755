import { EventoDBClient } from "../../mod.ts";
import { createToken } from "../../src/auth/create_token.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { runCli, startCli } from "../support/cli.ts";
import { startServer } from "../support/server.ts";

const address = /http:\/\/127\.0\.0\.1:\d+/;
const isWindows = Deno.build.os === "windows";

async function tempFolder() {
  const path = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o777;
}

/** Whether a token opens a server. */
async function opens(url: string, token: string): Promise<boolean> {
  try {
    await new EventoDBClient({ url, token, retries: 0 }).namespaceCategories();
    return true;
  } catch {
    return false;
  }
}

Deno.test("--token-file gives every command its token, white space around it aside", async () => {
  await using folder = await tempFolder();
  await using server = await startServer();
  const file = `${folder.path}/token`;
  await Deno.writeTextFile(file, `\ufeff  ${server.token}\r\n\n`, { mode: 0o600 });
  const env = { EVENTODB_URL: server.url, EVENTODB_TOKEN: createToken("default") };
  for (
    const args of [
      ["ns", "list"],
      ["ns", "create", "other"],
      ["ns", "info", "other"],
      ["ns", "delete", "other"],
      ["import"],
      ["export", "--all"],
    ]
  ) {
    const { status, stderr } = await runCli([...args, "--token-file", file], {
      env,
      stdin: '{"id":"550e8400-e29b-41d4-a716-446655440000","stream":"a-1","type":"T","pos":0,' +
        '"gpos":1,"data":{},"meta":null,"time":"2025-07-15T10:00:00Z"}\n',
    });
    assertEquals(status, 0, stderr);
    assert(!stderr.includes("Warning"), stderr);
  }
});

Deno.test("--token-file says what is wrong with a file", async () => {
  await using folder = await tempFolder();
  const write = async (name: string, text: string) => {
    await Deno.writeTextFile(`${folder.path}/${name}`, text, { mode: 0o600 });
    return `${folder.path}/${name}`;
  };
  const token = createToken("default");
  const cases: [string[], number, RegExp][] = [
    [["--token-file", await write("empty", " \n")], 2, /token file .*empty: it is empty\n/],
    [["--token-file", await write("large", "x".repeat(5000))], 2, /more than 4096 bytes\n/],
    [["--token-file", await write("two", `${token} ${token}`)], 2, /two must be one word/],
    [["--token-file", `${folder.path}/none`], 1, /Cannot read the token file .*no such file/],
    [["--token-file", folder.path], 1, /Cannot read the token file .*it is a folder/],
    [["--token-file", await write("a", token), "--token", token], 2, /contradict each other/],
  ];
  for (const [args, expected, said] of cases) {
    for (const command of [["ns", "list", "--url", "http://127.0.0.1:9"], ["serve"]]) {
      const { status, stderr } = await runCli([...command, ...args], { cwd: folder.path });
      assertEquals(status, expected, stderr);
      assertMatch(stderr, said);
      assert(!stderr.includes(token.slice(-40)), stderr);
    }
  }
});

Deno.test(
  "--token-file warns of a file that others can read, but not with --quiet",
  { ignore: isWindows }, // It has no such modes.
  async () => {
    await using folder = await tempFolder();
    await using server = await startServer();
    const file = `${folder.path}/token`;
    await Deno.writeTextFile(file, server.token);
    Deno.chmodSync(file, 0o640);
    const args = ["export", "--all", "--allow-empty", "--url", server.url, "--token-file", file];
    const { status, stderr } = await runCli(args);
    assertEquals(status, 0);
    assertStringIncludes(stderr, `may read the token file ${file}\nRun: chmod 600 ${file}\n`);
    assertEquals((await runCli([...args, "--quiet"])).stderr, "");
    const start = ["serve", "--port=0", "--db-url=sqlite://memory", "--log-format=json"];
    await using serving = startCli([...start, "--token-file", file]);
    await serving.sees(address);
    serving.process.kill("SIGTERM");
    const lines = (await serving.ended).stderr.trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    );
    assertEquals([lines[0].level, lines[0].hint], ["warn", `Run: chmod 600 ${file}`]);
  },
);

Deno.test("messages name the variable that a value came from", async () => {
  await using server = await startServer();
  const wrong = createToken("default");
  const cases: [string[], Record<string, string>, RegExp][] = [
    [["ns", "list"], { EVENTODB_URL: "nonsense" }, /error: EVENTODB_URL must be an http/],
    [["ns", "list"], { EVENTODB_URL: server.url, EVENTODB_TOKEN: "a b" }, /: EVENTODB_TOKEN must/],
    [["ns", "list"], { EVENTODB_URL: server.url, EVENTODB_TOKEN: wrong }, /Check EVENTODB_TOKEN:/],
    [["ns", "list", "--token", wrong], { EVENTODB_URL: server.url }, /Check --token:/],
    [["ns", "list"], { EVENTODB_URL: "http://127.0.0.1:9" }, /Check EVENTODB_URL, and/],
    [["serve"], { EVENTODB_PORT: "http" }, /EVENTODB_PORT must be an integer/],
    [["serve"], { EVENTODB_ADMIN_TOKEN: "secret" }, /came from .* variable EVENTODB_ADMIN_TOKEN/],
    [["serve"], { EVENTODB_DB_URL: "mysql://x" }, /came from .* variable EVENTODB_DB_URL/],
    [["serve"], { EVENTODB_CORS_ORIGIN: "x" }, /came from .* variable EVENTODB_CORS_ORIGIN/],
    [["serve", "--db-url=sqlite://memory"], {
      EVENTODB_PORT: String(server.port),
    }, /port is in use[^]*came from .* variable EVENTODB_PORT/],
  ];
  for (const [args, env, said] of cases) {
    const { status, stderr } = await runCli(args, { env });
    assert(status === 1 || status === 2);
    assertMatch(stderr, said);
  }
});

Deno.test("messages name no variable that gave nothing", async () => {
  await using server = await startServer();
  const lines = [
    ["serve", "--db-url=sqlite://memory", "--port", String(server.port)],
    ["serve", "--db-url=postgres://127.0.0.1:9/x"],
    ["serve", "--port=0", "--data-dir", `${import.meta.filename}/none`],
    ["serve", "--cors-origin", "x"],
    ["ns", "list", "--url", "http://127.0.0.1:9"],
    ["ns", "list", "--url", server.url, "--token", createToken("default")],
  ];
  for (const args of lines) {
    const { status, stderr } = await runCli(args);
    assert(status === 1 || status === 2);
    assert(!stderr.includes("EVENTODB_") && !stderr.includes("environment variable"), stderr);
  }
});

Deno.test("eventodb serve replaces the administrator's token only by one that is meant for it", async () => {
  await using folder = await tempFolder();
  const [first, second, third, exported] = [1, 2, 3, 4].map(() => createToken("default"));
  const file = `${folder.path}/token`;
  await Deno.writeTextFile(file, `${third}\n`, { mode: 0o600 });
  const starts: [string[], Record<string, string>, string, RegExp][] = [
    [
      [],
      { EVENTODB_TOKEN: first! },
      first!,
      /WARN .*EVENTODB_TOKEN is now the administrator's token/,
    ],
    [[], { EVENTODB_TOKEN: exported! }, first!, /INFO .*EVENTODB_TOKEN is for clients and was not/],
    [[], { EVENTODB_ADMIN_TOKEN: second! }, second!, /WARN .*replaced the administrator's token/],
    [["--token-file", file], {}, third!, /WARN .*replaced the administrator's token/],
    [["--token-file", file], {}, third!, /listening/],
  ];
  for (const [args, env, token, said] of starts) {
    await using serving = startCli(["serve", "--port=0", ...args], { cwd: folder.path, env });
    const [url] = await serving.sees(address);
    assert(await opens(url, token));
    assertEquals(await opens(url, exported!), false);
    serving.process.kill("SIGTERM");
    const { stderr } = await serving.ended;
    assertMatch(stderr, said);
    assertEquals(stderr.includes("replaced"), String(said).includes("replaced"));
    assert(!/[0-9a-f]{20}/.test(stderr), stderr);
  }
});

Deno.test("eventodb serve takes no other namespace's token from EVENTODB_TOKEN", async () => {
  await using folder = await tempFolder();
  const env = { EVENTODB_TOKEN: createToken("shop") };
  await using serving = startCli(["serve", "--port=0"], { cwd: folder.path, env });
  const [, token] = await serving.sees(/shown only now: (\S+)\n/);
  const [url] = await serving.sees(address);
  assert(await opens(url, token!));
  assertEquals(await opens(url, env.EVENTODB_TOKEN), false);
});

Deno.test("eventodb serve puts its first token into a private file when machines read the log", async () => {
  await using folder = await tempFolder();
  using busy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const cases: [string[], string][] = [
    [[], "eventodb-data/eventodb-admin-token"],
    [["--data-dir", "data", "--log-level", "error"], "data/eventodb-admin-token"],
    [["--db-url", `sqlite://${folder.path}/own/e.db`], "own/eventodb-admin-token"],
    [["--db-url", "sqlite://memory"], "eventodb-admin-token"],
  ];
  for (const [args, name] of cases) {
    const file = `${folder.path}/${name}`;
    const start = ["serve", "--log-format", "json", ...args];
    {
      const port = String((busy.addr as Deno.NetAddr).port);
      const { status } = await runCli([...start, "--port", port], { cwd: folder.path });
      assertEquals([status, existsSync(file)], [1, false]);
    }
    await using serving = startCli([...start, "--port=0"], { cwd: folder.path });
    const [url] = await serving.sees(address);
    await serving.sees(/eventodb-admin-token/);
    const text = await Deno.readTextFile(file);
    assert(await opens(url, text.trimEnd()));
    if (!isWindows) assertEquals(modeOf(file), 0o600);
    serving.process.kill("SIGTERM");
    const { stdout, stderr } = await serving.ended;
    assert(!(stdout + stderr).includes("ns_"), stderr);
    const lines = stderr.trimEnd().split("\n").map((line) => JSON.parse(line));
    const named = lines.find((line) => line.file !== undefined);
    assertEquals(named.file.replace(`${folder.path}/`, ""), name);
  }
});

Deno.test("eventodb serve says when its first token's file cannot be written", async () => {
  await using folder = await tempFolder();
  const { status, stderr } = await runCli(
    ["serve", "--port=0", "--db-url", "sqlite://memory", "--log-format=json"],
    { cwd: folder.path, permissions: ["--allow-net=127.0.0.1"] },
  );
  assertEquals(status, 1);
  assertMatch(stderr, /Cannot write the administrator's token: .*\nGive the server a token by/);
});

Deno.test("eventodb ns rotate-token shows the new token, or puts it into a private file", async () => {
  await using folder = await tempFolder();
  await using server = await startServer();
  const env = { EVENTODB_URL: server.url, EVENTODB_TOKEN: server.token };
  const file = `${folder.path}/shop-token`;
  await Deno.writeTextFile(file, "old");
  const created = await runCli(["ns", "create", "shop", "--output", file], { env });
  assertEquals([created.status, created.stdout], [0, ""]);
  assertStringIncludes(created.stderr, `Its token is in ${file}\n`);
  if (!isWindows) assertEquals(modeOf(file), 0o600);
  const first = (await Deno.readTextFile(file)).trimEnd();
  assert(await opens(server.url, first));

  const shown = await runCli(["ns", "rotate-token", "shop"], { env });
  assertMatch(shown.stderr, /^Replaced the token of the namespace "shop" of http.* only now:\n$/);
  const second = shown.stdout.trimEnd();
  assertEquals([await opens(server.url, first), await opens(server.url, second)], [false, true]);

  const args = ["ns", "rotate-token", "shop", "--output", file, "--json"];
  const written = await runCli(args, { env });
  assertEquals(JSON.parse(written.stdout), { ok: true, namespace: "shop", output: file });
  const third = (await Deno.readTextFile(file)).trimEnd();
  assertEquals([await opens(server.url, second), await opens(server.url, third)], [false, true]);

  // Nothing is replaced whose successor could not be kept.
  const into = ["ns", "rotate-token", "shop", "--output", `${folder.path}/none/token`];
  const failed = await runCli(into, { env });
  assertEquals(failed.status, 1);
  assertMatch(failed.stderr, /Cannot write .*the folder .*none does not exist/);
  assert(await opens(server.url, third));
  const folderGiven = ["ns", "rotate-token", "shop", "--output", folder.path];
  assertMatch((await runCli(folderGiven, { env })).stderr, /Cannot write .*: it is a folder\n/);
  assert(await opens(server.url, third));
  const standard = await runCli(["ns", "rotate-token", "shop", "--output", "-"], { env });
  assert(await opens(server.url, standard.stdout.trimEnd()));
  const json = await runCli(["ns", "rotate-token", "shop", "--json"], { env });
  assert(await opens(server.url, JSON.parse(json.stdout).token));
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["shop-token"]);
});

Deno.test("eventodb ns rotate-token says when a server cannot do it", async () => {
  const body = { error: { code: "METHOD_NOT_FOUND", message: "unknown method" } };
  const handler = () => Response.json(body, { status: 404 });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  const url = `http://127.0.0.1:${server.addr.port}`;
  const { status, stderr } = await runCli(["ns", "rotate-token", "shop", "--url", url]);
  assertEquals(status, 1);
  assertMatch(stderr, /This server cannot replace tokens: it does not know ns\.rotateToken\n/);
});

function existsSync(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
