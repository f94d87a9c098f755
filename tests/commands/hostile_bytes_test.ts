import { createToken } from "../../src/auth/create_token.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { type CliResult, lastJson, runCli, startCli } from "../support/cli.ts";
import { RawConnection } from "../support/raw_http.ts";
import { rpc, startServer } from "../support/server.ts";

/** What sets a title, clears the screen, forges lines, moves back, and turns the direction round. */
const evil = "\x1b]0;owned\x07\x1b[2J\r\nFORGED ok\x08\x7f\x9b31m\u202e\u2066\u2028\u200f";

/** Nothing in the output steers a terminal, and no line is forged. */
function assertHarmless({ stdout, stderr }: Pick<CliResult, "stdout" | "stderr">): void {
  for (const line of (stdout + stderr).split("\n")) {
    assert(!/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(line), JSON.stringify(line));
    assert(!line.startsWith("FORGED"), stderr);
  }
}

Deno.test("eventodb import shows what is in a hostile file as escapes", async () => {
  await using server = await startServer();
  const env = { EVENTODB_URL: server.url, EVENTODB_TOKEN: server.token };
  const record = {
    id: "550e8400-e29b-41d4-a716-446655440000",
    stream: "a-1",
    type: "T",
    pos: 0,
    gpos: 1,
    data: {},
    meta: null,
    time: "2025-07-15T10:00:00Z",
  };
  const twice = JSON.stringify({ ...record, stream: `a-${evil}` });
  const files: [string, RegExp][] = [
    [`${evil}\n`, /line 1/],
    [JSON.stringify({ ...record, time: evil }), /line 1 of standard input: .*\\u001b/],
    [JSON.stringify({ ...record, id: evil }), /line 1/],
    [JSON.stringify({ ...record, pos: evil }), /line 1/],
    [`{"${evil}":`, /line 1/],
    [`{"id":"${evil}","id":"${evil}"}`, /line 1/],
    [`${twice}\n${twice}\n`, /line 2 .*\\u001b/],
  ];
  for (const [file, said] of files) {
    const result = await runCli(["import"], { env, stdin: file });
    assertEquals(result.status, 1);
    assertMatch(result.stderr, said);
    assertHarmless(result);
  }
});

Deno.test("eventodb export writes payloads and names as they are", async () => {
  await using server = await startServer();
  const env = { EVENTODB_URL: server.url, EVENTODB_TOKEN: server.token };
  const line =
    '{"id":"550e8400-e29b-41d4-a716-446655440000","stream":"a-\u202e","type":"\x9b\x7f",' +
    `"pos":0,"gpos":1,"data":{"token":"${server.token}","url":"//a:b@c"},"meta":null,` +
    '"time":"2025-07-15T10:00:00Z"}\n';
  assertEquals((await runCli(["import"], { env, stdin: line })).status, 0);
  const { stdout } = await runCli(["export", "--all"], { env });
  assertEquals(stdout, line);
});

Deno.test("eventodb inspect, verify and diff show what is in a hostile file as escapes", async () => {
  const line = (gpos: number, stream: string, id: string) =>
    JSON.stringify({
      id,
      stream,
      type: `${evil} //me:word@host`,
      pos: 3,
      gpos,
      data: {},
      meta: { correlationStreamName: evil },
      time: "2025-07-15T10:00:00Z",
    });
  const stdin = [
    line(1, evil, "0"),
    line(2, `日本-${evil}`, "0"),
    evil.replaceAll("\n", ""),
    line(1, `${evil}-1`, evil),
  ].join("\n");
  for (const args of [["inspect", "-"], ["verify", "-"], ["inspect", "-", "--json"]]) {
    const result = await runCli(args, { stdin });
    assertStringIncludes(result.stdout, "\\u001b]0;owned\\u0007");
    assertHarmless(result);
  }
  const file = await Deno.makeTempFile({ prefix: "eventodb-test-" });
  await Deno.writeTextFile(file, line(1, "a-1", "0"));
  for (const b of ["-", `http://127.0.0.1:9/${evil}`, `${file}${evil}`]) {
    assertHarmless(await runCli(["diff", file, b], { stdin: line(1, `a-${evil}`, evil) }));
  }
  await Deno.remove(file);
  // What scripts read is not changed.
  const { stdout } = await runCli(["inspect", "--json", "-"], { stdin });
  const { types } = lastJson(stdout) as { types: { type: string }[] };
  assertEquals(types[0]!.type, `${evil} //me:word@host`);
});

Deno.test("eventodb ns shows hostile names and descriptions as escapes, and JSON keeps them", async () => {
  await using server = await startServer();
  const env = { EVENTODB_URL: server.url, EVENTODB_TOKEN: server.token };
  await rpc(server, "ns.create", evil, { description: evil });
  for (const args of [["list"], ["info", evil], ["info", `${evil}x`]]) {
    const result = await runCli(["ns", ...args], { env });
    assertHarmless(result);
    assertStringIncludes(result.stdout + result.stderr, "\\u001b]0;owned\\u0007");
  }
  const result = await runCli(["ns", "info", "--json", "--", evil], { env });
  assertHarmless(result);
  assertEquals(lastJson(result.stdout).namespace, evil);
  assertHarmless(await runCli(["ns", "delete", "--", evil], { env }));
});

Deno.test("eventodb ns list aligns wide characters", async () => {
  await using server = await startServer();
  const env = { EVENTODB_URL: server.url, EVENTODB_TOKEN: server.token };
  // Each is four columns wide.
  for (const name of ["日本", "abcd", "a\u0301bcd", "👩‍👩‍👧👍"]) await rpc(server, "ns.create", name);
  const { stdout } = await runCli(["ns", "list"], { env });
  const lines = stdout.trimEnd().split("\n");
  assertEquals(lines.length, 6);
  for (const name of ["日本", "abcd", "a\u0301bcd", "👩‍👩‍👧👍"]) {
    const line = lines.find((line) => line.startsWith(name))!;
    assert(line.startsWith(`${name}       0`), line);
  }
});

Deno.test("a hostile server's messages come out as escapes, and without the token that they echo", async () => {
  const token = createToken("default");
  const message = `${evil} got ${token} at /x/${token}?token=${token}`;
  const bodies: [number, string, string][] = [
    [400, "application/json", JSON.stringify({ error: { code: evil, message } })],
    [403, "application/json", JSON.stringify({ error: { code: "AUTH_UNAUTHORIZED", message } })],
    [400, "text/html", `<html>${message}`],
    [200, "application/json", message],
  ];
  for (const [status, type, body] of bodies) {
    const handler = () => new Response(body, { status, headers: { "Content-Type": type } });
    await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler);
    const env = {
      EVENTODB_URL: `http://127.0.0.1:${server.addr.port}`,
      EVENTODB_TOKEN: token,
    };
    for (
      const args of [["ns", "list"], ["ns", "list", "--json"], ["export", "--all"], ["import"]]
    ) {
      const result = await runCli(args, { env, stdin: "" });
      assertEquals(result.status, 1, result.stderr);
      assertHarmless(result);
      assert(!(result.stdout + result.stderr).includes(token.slice(-40)), result.stderr);
    }
  }
});

Deno.test("hostile words on the command line come out as escapes, and tokens are hidden", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const token = createToken("default");
    const server = ["--url", "http://127.0.0.1:9", "--token", token];
    const lines: string[][] = [
      [evil],
      ["help", evil],
      [`ns`, evil],
      ["export", `--${evil}`],
      ["export", evil, ...server],
      ["export", token, ...server],
      ["export", "--url", evil, "--all"],
      ["export", "--url", `nonsense://${token}`, "--all"],
      ["export", "--categories", `a-${evil}`, ...server],
      ["export", "--all", "--since", evil, ...server],
      ["export", "--all", "--from-position", evil, ...server],
      ["export", "--all", "--output", `${folder}/none/${evil}`, ...server],
      ["import", "--input", `${folder}/${evil}`, ...server],
      ["import", "--input", `${folder}/${token}`, ...server],
      ["import", "--existing", evil, ...server],
      ["serve", "--port", evil],
      ["serve", "--db-url", evil],
      ["serve", "--port=0", "--host", evil, "--db-url", "sqlite://memory"],
      ["serve", "--port=0", "--db-url", "postgres://me:secretword@127.0.0.1:9/x"],
      ["serve", "--test-mode", evil],
    ];
    for (const args of lines) {
      const result = await runCli(args, { stdin: "", cwd: folder });
      assert(result.status === 1 || result.status === 2, JSON.stringify(args));
      assertHarmless(result);
      const said = result.stdout + result.stderr;
      assert(!said.includes(token.slice(-40)) && !said.includes("secretword"), said);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("eventodb serve logs hostile requests harmlessly, in both formats", async () => {
  const token = createToken("default");
  for (const format of ["console", "json"]) {
    await using serving = startCli(
      ["serve", "--port=0", "--db-url", "sqlite://memory", "--log-level=debug"],
      { env: { EVENTODB_TOKEN: token, EVENTODB_LOG_FORMAT: format } },
    );
    const [url] = await serving.sees(/http:\/\/127\.0\.0\.1:\d+/);
    const server = { url, token, port: Number(new URL(url).port) };
    const { token: own } = await rpc<{ token: string }>(server, "ns.create", evil, {
      description: evil,
    });
    await rpc({ ...server, token: own }, "ns.categories");
    for (const path of [encodeURIComponent(evil), token, `x/${token}?token=${token}`, "\u202e"]) {
      await (await fetch(`${url}/${path}`)).body?.cancel();
    }
    const body = JSON.stringify([evil]);
    await (await fetch(`${url}/rpc?token=${token}`, { method: "POST", body })).body?.cancel();
    for (const path of ["/\x1b[2J", "/\x9b\u202e", `/\t${evil.slice(0, 5)}`]) {
      using raw = await RawConnection.open(server);
      await raw.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      await raw.readUntil(() => false);
    }
    serving.process.kill("SIGTERM");
    const result = await serving.ended;
    assertHarmless(result);
    assert(!result.stderr.includes(token.slice(-40)), result.stderr);
    assert(!result.stderr.includes(own.slice(-40)), result.stderr);
    const lines = result.stderr.trimEnd().split("\n");
    assert(lines.length >= 8, result.stderr);
    if (format === "json") {
      const namespaces = lines.map((line) => JSON.parse(line).namespace);
      assert(namespaces.includes(evil));
    }
  }
});
