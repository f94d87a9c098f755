import { EventoDBClient } from "../../mod.ts";
import { createToken } from "../../src/auth/create_token.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { runCli, startCli } from "../support/cli.ts";

const address = /http:\/\/127\.0\.0\.1:\d+/;
const tokenLine = /Token of the namespace default, shown only now: (\S+)/;

async function tempFolder() {
  const path = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

Deno.test("eventodb serve keeps its data under ./eventodb-data and shows its token once", async () => {
  await using folder = await tempFolder();
  const options = { cwd: folder.path };
  let token = "";
  {
    await using serving = startCli(["serve", "--port", "0"], options);
    const [, shown] = await serving.sees(tokenLine);
    const [url] = await serving.sees(address);
    token = shown!;
    const client = new EventoDBClient({ url, token });
    await client.streamWrite("account-1", { type: "Opened", data: {} });
    serving.process.kill("SIGTERM");
    assertEquals((await serving.ended).status, 0);
  }
  assert((await Deno.stat(`${folder.path}/eventodb-data`)).isDirectory);
  await using serving = startCli(["serve", "--port", "0"], options);
  const [url] = await serving.sees(address);
  assertEquals(await new EventoDBClient({ url, token }).streamVersion("account-1"), 0);
  serving.process.kill("SIGINT");
  const { status, stdout, stderr } = await serving.ended;
  assertEquals([status, stdout], [130, ""]);
  assertEquals(stderr.includes("ns_"), false);
});

Deno.test("eventodb with options alone serves, in the old spelling too", async () => {
  const token = createToken("default");
  for (
    const args of [
      ["--test-mode", "--port=0", `--token=${token}`],
      ["-test-mode", "-port", "0", "-token", token],
      ["serve", "-test-mode=true", "-port=0"],
    ]
  ) {
    await using serving = startCli(args);
    const [url] = await serving.sees(address);
    assertEquals(await new EventoDBClient({ url }).streamVersion("account-1"), null);
  }
});

Deno.test("eventodb serve takes its options from the environment", async () => {
  await using folder = await tempFolder();
  const token = createToken("default");
  await using serving = startCli(["serve"], {
    cwd: folder.path,
    env: {
      EVENTODB_PORT: "0",
      EVENTODB_HOST: "127.0.0.1",
      EVENTODB_DB_URL: "sqlite://named.db",
      EVENTODB_DATA_DIR: "data",
      EVENTODB_TOKEN: token,
      EVENTODB_TEST_MODE: "false",
      EVENTODB_LOG_LEVEL: "info",
      EVENTODB_LOG_FORMAT: "json",
    },
  });
  const [url] = await serving.sees(address);
  assertEquals(await new EventoDBClient({ url, token }).streamVersion("account-1"), null);
  assert((await Deno.stat(`${folder.path}/data/named.db`)).isFile);
  serving.process.kill("SIGTERM");
  const { stderr } = await serving.ended;
  for (const line of stderr.trimEnd().split("\n")) JSON.parse(line);
});

Deno.test("eventodb serve says where it listens even when its log keeps quiet", async () => {
  await using serving = startCli(["serve", "--test-mode", "--port=0", "--log-level=error"]);
  assertMatch((await serving.sees(/Listening on .*\n/))[0], address);
});

Deno.test("eventodb serve warns that test mode keeps nothing where a data folder is named", async () => {
  await using folder = await tempFolder();
  const start = (...args: string[]) =>
    startCli(["serve", "--test-mode", "--port=0", ...args], { cwd: folder.path });
  {
    await using serving = start("--data-dir", "data");
    await serving.sees(/WARN .*keeps nothing.*--db-url sqlite:.*\n[^]*http:/);
  }
  await using serving = start("--data-dir", "data", "--db-url", "sqlite://e.db");
  await serving.sees(address);
  serving.process.kill("SIGTERM");
  assertEquals((await serving.ended).stderr.includes("keeps nothing"), false);
});

Deno.test("eventodb serve warns in one line of test mode, and of one that is open to others", async () => {
  await using folder = await tempFolder();
  for (
    const [args, said] of [
      [["--test-mode"], /WARN .*anyone who reaches the port is the administrator, without a token/],
      [["--test-mode", "--host", "localhost"], /WARN .*the port is the administrator/],
      [["--test-mode", "--host", "0.0.0.0"], /WARN .*open to other machines.*reaches 0\.0\.0\.0/],
      [["--host", "0.0.0.0"], undefined],
    ] as const
  ) {
    await using serving = startCli(["serve", "--port=0", ...args], { cwd: folder.path });
    await serving.sees(/ listening .*\n/);
    serving.process.kill("SIGTERM");
    const warnings = (await serving.ended).stderr.split("\n").filter((line) => / WARN /.test(line));
    assertEquals(warnings.length, said === undefined ? 0 : 1);
    if (said !== undefined) assertMatch(warnings[0]!, said);
  }
});

Deno.test("eventodb serve gives the namespace default the token that it is given", async () => {
  await using folder = await tempFolder();
  const [first, second] = [createToken("default"), createToken("default")];
  for (const token of [first, second]) {
    await using serving = startCli(["serve", "--port=0", "--token", token], { cwd: folder.path });
    const [url] = await serving.sees(address);
    assertEquals(await new EventoDBClient({ url, token }).streamVersion("account-1"), null);
    serving.process.kill("SIGTERM");
    const { stderr } = await serving.ended;
    assertEquals(stderr.includes("ns_"), false);
  }
});

Deno.test("eventodb serve says what keeps it from starting", async () => {
  await using folder = await tempFolder();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String((listener.addr as Deno.NetAddr).port);
  await Deno.writeTextFile(`${folder.path}/file`, "");
  const mistakes: [string[], number, RegExp][] = [
    [["--port", port], 1, /Cannot listen on 127\.0\.0\.1:\d+: the port is in use/],
    [["--token", "secret"], 2, /Cannot use the given token/],
    [["--db-url", "mysql://x"], 1, /Cannot open "mysql:\/\/x": the database URL is unknown/],
    [["--data-dir", "file"], 1, /Cannot create the data folder "file": a file has that name/],
    [
      ["--data-dir", "file/below"],
      1,
      /Cannot create the data folder "file\/below": a part of its path/,
    ],
    [["--host", "203.0.113.7"], 1, /Cannot listen on 203\.0\.113\.7:0/],
  ];
  for (const [args, expected, said] of mistakes) {
    const { status, stderr } = await runCli(["serve", "--port=0", ...args], { cwd: folder.path });
    assertEquals(status, expected, stderr);
    assertMatch(stderr, said);
    assertEquals(/\n +at /.test(stderr), false, stderr);
  }
});

Deno.test("eventodb serve on a data folder that is in use is refused", async () => {
  await using folder = await tempFolder();
  await using serving = startCli(["serve", "--port=0"], { cwd: folder.path });
  await serving.sees(address);
  await using second = startCli(["serve", "--port=0"], { cwd: folder.path });
  const { status, stderr } = await second.ended;
  assertEquals(status, 1);
  assertMatch(stderr, /^error: .*\(BACKEND_ERROR\)\n/);
});

Deno.test({
  name: "eventodb serve ends with 0 on a SIGTERM while it starts",
  ignore: Deno.build.os === "windows",
  async fn() {
    // A database that accepts and never responds.
    using database = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const dbUrl = `postgres://nobody@127.0.0.1:${database.addr.port}/events?sslmode=disable`;
    await using serving = startCli(["serve", "--port", "0", "--db-url", dbUrl]);
    using _connection = await database.accept();
    serving.process.kill("SIGTERM");
    assertEquals((await serving.ended).status, 0);
  },
});
