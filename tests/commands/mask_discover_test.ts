import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { lastJson, runCli } from "../support/cli.ts";
import { lineOf } from "../support/history.ts";
import { startServer } from "../support/server.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const events = lineOf(1, { stream: "customer-1", data: { email: "alice@example.com" } }) +
  lineOf(2, { stream: "order-1", data: { plan: "pro" } });

Deno.test("eventodb mask discover writes the same policy of a file, standard input and a server", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  await Deno.writeTextFile(`${cwd}/july.ndjson`, events);
  const discover = (place: string, more: string[] = [], stdin?: string) =>
    runCli(["mask", "discover", place, ...more], { cwd, stdin });

  const piped = await discover("-", [], events);
  assertEquals(piped.status, 0, piped.stderr);
  assertMatch(piped.stdout, /^ {6}\$\.email: # text, 1 value, 1 different, e-mail$/m);
  assert(!piped.stdout.includes("alice"), piped.stdout);
  const body = (text: string) => text.split("\n").slice(1).join("\n");

  const file = await discover("july.ndjson", ["--output", "policy.yaml", "--json"]);
  assertEquals(file.status, 0, file.stderr);
  assertEquals(lastJson(file.stdout).categories, 2);
  assertEquals(body(await Deno.readTextFile(`${cwd}/policy.yaml`)), body(piped.stdout));

  await using server = await startServer();
  const connection = ["--url", server.url, "--token", server.token];
  const imported = await runCli(["import", ...connection], { stdin: events });
  assertEquals(imported.status, 0, imported.stderr);
  const served = await discover(server.url, ["--token", server.token]);
  assertEquals(served.status, 0, served.stderr);
  assertEquals(body(served.stdout), body(piped.stdout));
});

Deno.test("eventodb mask discover refuses an empty file, and one that holds no records", async () => {
  const empty = await runCli(["mask", "discover", "-"], { stdin: "\n" });
  assertEquals([empty.status, empty.stdout], [1, ""]);
  assertMatch(empty.stderr, /^error: standard input holds no event$/m);
  const other = await runCli(["mask", "discover", "-"], { stdin: "a,b\n1,2\n" });
  assertEquals([other.status, other.stdout], [1, ""]);
  assertMatch(other.stderr, /^error: Cannot look into standard input/m);
});

Deno.test("eventodb mask discover replaces no policy, and fills an empty file", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  const policy = `${cwd}/policy.yaml`;
  await Deno.writeTextFile(policy, "");
  const discover = () =>
    runCli(["mask", "discover", "-", "--output", "policy.yaml"], { cwd, stdin: events });
  const first = await discover();
  assertEquals(first.status, 0, first.stderr);
  const decided = (await Deno.readTextFile(policy)).replaceAll(": #", ": keep #");
  await Deno.writeTextFile(policy, decided);
  const second = await discover();
  assertEquals(second.status, 1);
  assertMatch(
    second.stderr,
    /^error: Cannot write policy\.yaml: it already exists\n.+ Choose another name/,
  );
  assertEquals(await Deno.readTextFile(policy), decided);
});
