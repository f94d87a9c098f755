import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { type CliResult, runCli, type RunCliOptions, startCli } from "../support/cli.ts";
import { lineOf } from "../support/history.ts";
import { startServer } from "../support/server.ts";

/** The table of docs/cli.md: what each command is said to need. */
const documented = await readTable();
/** What a worker of a checkout needs besides. */
const workerFolder = new URL("../../src/", import.meta.url).pathname;

async function readTable(): Promise<Map<string, string[]>> {
  const text = await Deno.readTextFile(new URL("../../docs/cli.md", import.meta.url));
  const rows = text.split("## Permissions")[1]!.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm);
  return new Map(
    Array.from(rows).map(([, command, flags]) => [
      command!.replaceAll("`", ""),
      [...flags!.matchAll(/--[^ `]+/g)].map(([flag]) => flag),
    ]),
  );
}

/** The permissions of a row, for a server on another port. */
function permissionsOf(row: string, host: string): string[] {
  const flags = documented.get(row);
  assert(flags !== undefined, `docs/cli.md has no row "${row}"`);
  return flags.map((flag) => flag.replace(/(localhost|127\.0\.0\.1):8080/, host));
}

/**
 * Runs a command with what its row says, which has to do, and again without each of the flags, which
 * must not.
 */
async function assertNeeds(
  row: string,
  host: string,
  run: (permissions: string[]) => Promise<CliResult>,
): Promise<void> {
  const permissions = permissionsOf(row, host);
  const { status, stderr } = await run(permissions);
  assertEquals(status, 0, stderr);
  for (const flag of permissions) {
    const { status } = await run(permissions.filter((other) => other !== flag));
    assertEquals(status, 1, `${row} does not need ${flag}`);
  }
}

async function tempFolder() {
  const path = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

Deno.test("eventodb version and help need no permission", async () => {
  assertEquals(permissionsOf("version, help", ""), []);
  for (const command of ["version", "help"]) {
    assertEquals((await runCli([command], { permissions: [] })).status, 0);
  }
});

Deno.test("eventodb ns, export, import, verify, inspect and diff need what docs/cli.md lists and no more", async () => {
  await using server = await startServer();
  await using folder = await tempFolder();
  const host = new URL(server.url).host;
  const input = `${folder.path}/july.ndjson`;
  const connection = ["--url", server.url, "--token", server.token];
  const command = (args: string[], options: RunCliOptions = {}) => (permissions: string[]) =>
    runCli([...args, ...connection], { cwd: folder.path, permissions, ...options });

  await assertNeeds("ns", host, command(["ns", "info"]));
  await assertNeeds(
    "import from standard input",
    host,
    command(["import", "--existing=skip"], { stdin: lineOf(1) }),
  );
  await Deno.writeTextFile(input, lineOf(1));
  await assertNeeds(
    "import --input july.ndjson",
    host,
    command(["import", "--existing=skip", "--input", "july.ndjson"]),
  );
  await assertNeeds("export to standard output", host, command(["export", "--all"]));
  await assertNeeds(
    "mask discover july.ndjson",
    host,
    (permissions) => runCli(["mask", "discover", "july.ndjson"], { cwd: folder.path, permissions }),
  );
  await Deno.writeTextFile(`${folder.path}/keep.yaml`, "version: 1\nunknown: scramble\n");
  await Deno.writeTextFile(`${folder.path}/keep.key`, "0123456789abcdef".repeat(4), {
    mode: 0o600,
  });
  await assertNeeds("mask apply july.ndjson …", host, (permissions) =>
    runCli(
      [
        ...["mask", "apply", "july.ndjson", "--policy", "keep.yaml", "--key-file", "keep.key"],
        ...["--output", "masked.ndjson"],
      ],
      { cwd: folder.path, permissions },
    ));
  let keys = 0;
  await assertNeeds("mask keygen mask.key", host, (permissions) => {
    const path = `mask-${keys++}.key`;
    return runCli(["mask", "keygen", path], {
      cwd: folder.path,
      permissions: permissions.map((flag) => flag.replace("mask.key", path)),
    });
  });
  await assertNeeds(
    "export --output july.ndjson",
    host,
    command(["export", "--all", "--output", "july.ndjson"]),
  );
  const offline = (args: string[]) => (permissions: string[]) =>
    runCli(args, { cwd: folder.path, permissions });
  await assertNeeds("verify july.ndjson", host, async (permissions) => {
    const { status, ...rest } = await offline(["verify", "july.ndjson"])(permissions);
    return { status: status === 3 ? 1 : status, ...rest };
  });
  await Deno.copyFile(input, `${folder.path}/august.ndjson`);
  await assertNeeds("diff july.ndjson august.ndjson", host, async (permissions) => {
    const { status, ...rest } = await offline(["diff", "july.ndjson", "august.ndjson"])(
      permissions,
    );
    return { status: status === 3 ? 1 : status, ...rest };
  });
  await assertNeeds("inspect july.ndjson", host, offline(["inspect", "july.ndjson"]));
  await assertNeeds("inspect --url", host, command(["inspect"]));
  await assertNeeds("verify --url", host, async (permissions) => {
    const { status, ...rest } = await command(["verify"])(permissions);
    return { status: status === 3 ? 1 : status, ...rest };
  });
});

for (const [row, args] of [["serve", []], ["serve --test-mode", ["--test-mode"]]] as const) {
  Deno.test(`eventodb ${row} needs what docs/cli.md lists and no more`, async () => {
    await using folder = await tempFolder();
    const run = async (permissions: string[], port: number) => {
      await using serving = startCli(["serve", "--port", String(port), ...args], {
        cwd: folder.path,
        permissions: permissions.some((flag) => flag.startsWith("--allow-read"))
          ? [...permissions, `--allow-read=${workerFolder}`]
          : permissions,
      });
      const url = serving.sees(/http:\/\/127\.0\.0\.1:\d+/).then(([url]) => url, () => undefined);
      if (await url === undefined) return await serving.ended;
      const token = row === "serve" ? (await serving.sees(/ns_\S+/))[0] : undefined;
      // An import takes the longest way through the store.
      const body = Array.from({ length: 3000 }, (_, i) => lineOf(i + 1)).join("");
      const response = await fetch(`${await url}/import?force=true`, {
        method: "POST",
        headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
        body,
      });
      const events = await response.text();
      assert(events.includes('"done":true'), events);
      serving.process.kill("SIGTERM");
      return await serving.ended;
    };
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    await assertNeeds(row, `127.0.0.1:${port}`, async (permissions) => {
      const result = await run(permissions, port);
      await Deno.remove(`${folder.path}/eventodb-data`, { recursive: true }).catch(() => {});
      return result;
    });
  });
}

Deno.test("eventodb says which variables it may not read, and how it may", async () => {
  await using server = await startServer();
  const host = new URL(server.url).host;
  const permissions = [`--allow-net=${host}`];
  const env = { EVENTODB_URL: server.url, EVENTODB_TOKEN: server.token };
  const info = (args: string[], permissions: string[]) =>
    runCli(["ns", "info", ...args], { permissions, env });
  const connection = ["--url", server.url, "--token", server.token];
  const note = (names: string) => `--allow-env=${names}\n`;

  const hidden = await info(["--url", server.url], permissions);
  assertMatch(hidden.stderr, /^Note: Deno may not read EVENTODB_TOKEN: if set, it is ignored\./);
  assert(hidden.stderr.includes(note("EVENTODB_TOKEN")), hidden.stderr);
  assertEquals(hidden.status, 1);
  assertEquals((await info(connection, permissions)).stderr, "");
  assertEquals(
    (await info([], [...permissions, "--allow-env=EVENTODB_URL,EVENTODB_TOKEN"])).stderr,
    "",
  );
  const denied = await info(["--url", server.url], [...permissions, "--deny-env"]);
  assert(!denied.stderr.includes("Note:"), denied.stderr);

  await using serving = startCli(["serve", "--test-mode", "--port", "0", "--log-format=json"], {
    permissions: ["--allow-net=127.0.0.1", "--allow-env=EVENTODB_HOST"],
    env: { EVENTODB_DB_URL: "postgres://elsewhere" },
  });
  await serving.sees(/http:\/\/127\.0\.0\.1:\d+/);
  serving.process.kill("SIGTERM");
  const { stderr } = await serving.ended;
  assertMatch(stderr, /Deno may not read EVENTODB_DB_URL, EVENTODB_DATA_DIR, .*: if set, they are/);
  assert(!stderr.includes("EVENTODB_HOST") && !stderr.includes("EVENTODB_PORT"), stderr);
  for (const line of stderr.trimEnd().split("\n")) JSON.parse(line);
});

Deno.test({
  name: "eventodb names the flag for what only all permissions open",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const permissions = ["--allow-read"];
    const { status, stderr } = await runCli(["inspect", "/proc/self/status"], { permissions });
    assertEquals(status, 1);
    assertMatch(stderr, /Deno lacks a permission: .*\nRun Deno with --allow-all\. docs/);
  },
});
