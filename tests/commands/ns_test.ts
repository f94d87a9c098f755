import { EventoDBClient } from "../../mod.ts";
import { assertEquals, assertMatch } from "../support/assert.ts";
import { lastJson, runCli } from "../support/cli.ts";
import { startFailingServer } from "../support/failing_server.ts";
import { startServer } from "../support/server.ts";

Deno.test("eventodb ns creates, shows, lists and deletes a namespace", async () => {
  await using server = await startServer();
  const env = { EVENTODB_URL: server.url, EVENTODB_TOKEN: server.token };
  const ns = (...args: string[]) => runCli(["ns", ...args], { env });

  const created = await ns("create", "local-debug", "--description", "for a bug");
  assertEquals(created.status, 0);
  assertEquals(created.stderr, 'Created "local-debug". Its token, shown only now:\n');
  assertMatch(created.stdout, /^ns_\S+\n$/);
  const token = created.stdout.trimEnd();
  const own = new EventoDBClient({ url: server.url, token });
  await own.streamWrite("account-1", { type: "Opened", data: {} });

  const info = await ns("info", "--token", token);
  assertMatch(info.stdout, /^namespace +local-debug\ndescription +for a bug\ncreated +\S+Z\n/);
  assertMatch(info.stdout, /\nmessages +1\nstreams +1\nglobal position +1\nlast activity +\S+Z\n$/);

  const list = await ns("list");
  assertMatch(list.stdout, /^NAMESPACE +MESSAGES +CREATED +DESCRIPTION\ndefault +0 /);
  assertMatch(list.stdout, /\nlocal-debug +1 +\S+Z +for a bug\n$/);

  const deleted = await ns("delete", "local-debug");
  assertEquals([deleted.status, deleted.stdout], [0, ""]);
  assertEquals(
    deleted.stderr,
    `Deleted the namespace "local-debug" of ${server.url} with its 1 event\n`,
  );
});

Deno.test("eventodb ns prints JSON when asked for", async () => {
  await using server = await startServer();
  const env = { EVENTODB_URL: server.url, EVENTODB_TOKEN: server.token };
  const ns = async (...args: string[]) => {
    const { stdout } = await runCli(["ns", ...args, "--json"], { env });
    assertEquals(stdout.trimEnd().split("\n").length, 1);
    return lastJson(stdout);
  };
  assertMatch(String((await ns("create", "a/b")).token), /^ns_/);
  assertEquals((await ns("list")).namespaces instanceof Array, true);
  assertEquals((await ns("info", "a/b")).messageCount, 0);
  assertEquals((await ns("delete", "a/b")).messagesDeleted, 0);
  const missing = await ns("delete", "a/b");
  assertEquals([missing.ok, (missing.error as { code: string }).code], [
    false,
    "NAMESPACE_NOT_FOUND",
  ]);
});

Deno.test("eventodb ns says what is wrong with a namespace", async () => {
  await using server = await startServer();
  const env = { EVENTODB_URL: server.url, EVENTODB_TOKEN: server.token };
  const mistakes: [string[], RegExp][] = [
    [["create", "default"], /NAMESPACE_EXISTS/],
    [["create", ""], /INVALID_REQUEST/],
    [["create", "x".repeat(1000)], /INVALID_REQUEST/],
    [["info", "none"], /NAMESPACE_NOT_FOUND\)\n"eventodb ns list" shows the namespaces/],
    [["delete", "default"], /AUTH_UNAUTHORIZED/],
  ];
  for (const [args, said] of mistakes) {
    const { status, stdout, stderr } = await runCli(["ns", ...args], { env });
    assertEquals([status, stdout], [1, ""]);
    assertMatch(stderr, said);
  }
});

Deno.test("eventodb ns create takes any namespace id for a name of its own", async () => {
  await using server = await startServer({ files: true });
  const env = { EVENTODB_URL: server.url, EVENTODB_TOKEN: server.token };
  const names = ["../x", "a/b", "ü", "CON", "con", "--", "-x"];
  for (const name of names) {
    const { status, stderr } = await runCli(["ns", "create", "--json", "--", name], { env });
    assertEquals([status, stderr], [0, ""]);
  }
  const { stdout } = await runCli(["ns", "list", "--json"], { env });
  const { namespaces } = lastJson(stdout) as { namespaces: { namespace: string }[] };
  assertEquals(namespaces.map(({ namespace }) => namespace).sort(), ["default", ...names].sort());
});

/** A server that says what those written in Go say: placeholders, and no features. */
function startPlaceholders(url: string) {
  return startFailingServer(url, ({ path, method }) => {
    if (path === "/version") return { answer: Response.json({ version: "1.0.0" }) };
    if (method === "ns.info" || method === "ns.list") {
      return {
        change: (text) =>
          text.replace(/,"globalPosition":\d+/, "").replace(
            /"lastActivity":"[^"]*"/,
            '"lastActivity":null',
          )
            .replaceAll(/"(messageCount|streamCount)":\d+/g, '"$1":0'),
      };
    }
    if (method === "ns.delete") {
      return { change: (text) => text.replace(/"messagesDeleted":\d+/, '"messagesDeleted":0') };
    }
  });
}

Deno.test("eventodb ns counts what a server written in Go does not report, or says so", async () => {
  await using server = await startServer();
  await using old = startPlaceholders(server.url);
  const env = { EVENTODB_URL: old.url, EVENTODB_TOKEN: server.token };
  const ns = (...args: string[]) => runCli(["ns", ...args], { env });
  const admin = new EventoDBClient({ url: server.url, token: server.token });
  await admin.streamWrite("account-1", { type: "Opened", data: {} });
  await admin.streamWrite("account-2", { type: "Opened", data: {} });
  const { token } = await admin.namespaceCreate("other");
  const other = new EventoDBClient({ url: server.url, token });
  await other.streamWrite("account-1", { type: "Opened", data: {} });

  const own = await ns("info");
  assertMatch(
    own.stdout,
    /\nmessages +2\nstreams +2\nglobal position +not reported by this server\n/,
  );
  assertMatch(own.stdout, /\nlast activity +not reported by this server\n$/);
  const foreign = await ns("info", "other");
  assertMatch(foreign.stdout, /\nmessages +not reported by this server\nstreams +not reported by/);
  assertEquals(lastJson((await ns("info", "other", "--json")).stdout).messageCount, null);
  const list = await ns("list");
  assertMatch(list.stdout, /\nother +\? /);
  assertEquals(list.stderr, "This server does not report the number of messages\n");
  const deleted = await ns("delete", "other");
  assertEquals(
    deleted.stderr,
    `Deleted the namespace "other" of ${old.url} with all its events\n`,
  );
});
