import { formatRecord } from "../../src/record/format.ts";
import { importEvents } from "../../mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { lastJson, runCli, startCli } from "../support/cli.ts";
import { recordBody, sampleMessages } from "../support/events.ts";
import { rpc, startServer } from "../support/server.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const messages = [...sampleMessages({ count: 1200 })];
const lines = messages.map((message) => `${formatRecord(message)}\n`);

/** The server that is exported from; nothing is written to it any more. */
const source = await startServer();
await importEvents(recordBody(messages), { url: source.url, token: source.token });
const connection = ["--url", source.url, "--token", source.token];
/** What an export with these options writes, by file name. */
const exports = new Map<string, Promise<[name: string, bytes: Uint8Array<ArrayBuffer>][]>>();

Deno.test.afterAll(async () => await source[Symbol.asyncDispose]());

async function exportOnce(options: readonly string[]) {
  await using folder = await temporaryFolder();
  const exported = await runCli(["export", ...connection, "--all", ...options], {
    cwd: folder.path,
  });
  assertEquals(exported.status, 0, exported.stderr);
  const names = await Array.fromAsync(Deno.readDir(folder.path), ({ name }) => name);
  return await Promise.all(
    names.map(async (name): Promise<[string, Uint8Array<ArrayBuffer>]> => [
      name,
      await Deno.readFile(`${folder.path}/${name}`),
    ]),
  );
}

/** A folder with an export of the server. */
async function setUp(...options: string[]) {
  const key = options.join(" ");
  const exporting = exports.get(key) ?? exportOnce(options);
  exports.set(key, exporting);
  const files = await exporting;
  const folder = await temporaryFolder();
  const cwd = folder.path;
  for (const [name, bytes] of files) await Deno.writeFile(`${cwd}/${name}`, bytes);
  const read = (name: string) => Deno.readTextFile(`${cwd}/${name}`);
  const names = async () =>
    (await Array.fromAsync(Deno.readDir(cwd))).map(({ name }) => name).sort();
  return { cwd, read, names, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

Deno.test("eventodb export writes a manifest beside its file, and verify compares the two", async () => {
  await using test = await setUp("--output", "july.ndjson.gz");
  const { cwd } = test;
  const name = "july.ndjson.gz.manifest.json";
  assertEquals(await test.names(), ["july.ndjson.gz", name]);
  const manifest = JSON.parse(await test.read(name));
  assertEquals([manifest.events, manifest.bytes], [
    1200,
    new TextEncoder().encode(lines.join("")).length,
  ]);
  assertEquals(manifest.selection, { all: true });
  assertEquals(manifest.source.namespace, "default");
  assertEquals(manifest.upTo, messages.at(-1)!.globalPosition);
  assert(manifest.streams.every(({ whole }: { whole: boolean }) => whole !== null));

  const { status, stdout, stderr } = await runCli(["verify", "july.ndjson.gz"], { cwd });
  assertEquals([status, stderr], [0, ""]);
  assertMatch(stdout, /^july\.ndjson\.gz: 1,200 events, \d+ streams in \d+ categories, /);
  assertStringIncludes(stdout, `Compared with ${name}\nNothing is wrong\n`);
});

Deno.test("eventodb verify names what is wrong, line by line, and ends with 1", async () => {
  await using test = await setUp("--output", "july.ndjson");
  const { cwd } = test;
  const edited = [lines[0], lines[0], "oops\n", ...lines.slice(2)];
  await Deno.writeTextFile(`${cwd}/july.ndjson`, edited.join(""));
  const { status, stdout } = await runCli(["verify", "july.ndjson"], { cwd });
  assertEquals(status, 1);
  assertStringIncludes(stdout, "  position_twice, line 2: global position");
  assertStringIncludes(stdout, "  bad_line, line 3: ");
  assertStringIncludes(stdout, "  manifest: the manifest says bytes: ");

  const { stdout: json } = await runCli(["verify", "july.ndjson", "--json", "--no-manifest"], {
    cwd,
  });
  const found = lastJson(json);
  assertEquals(found.ok, false);
  const counts = found.counts as Record<string, number>;
  assertEquals(Object.keys(counts).sort(), [
    "bad_line",
    "id_twice",
    "position_twice",
    "stream_position_twice",
  ]);
});

Deno.test("eventodb verify ends with 3 when there is nothing that it could compare", async () => {
  await using test = await setUp("--output", "july.ndjson");
  const { cwd } = test;
  const missing = await runCli(["verify", "august.ndjson"], { cwd });
  assertEquals(missing.status, 3);
  assertStringIncludes(missing.stderr, "Cannot read august.ndjson");
  await Deno.writeTextFile(`${cwd}/july.ndjson.manifest.json`, "{}");
  const damaged = await runCli(["verify", "july.ndjson"], { cwd });
  assertEquals(damaged.status, 3);
  assertStringIncludes(
    damaged.stderr,
    "Cannot use july.ndjson.manifest.json: it is not a manifest",
  );
  const absent = await runCli(["verify", "july.ndjson", "--manifest", "no.json"], { cwd });
  assertEquals(absent.status, 3);
  const both = ["verify", "july.ndjson", "--manifest", "a", "--no-manifest"];
  assertEquals((await runCli(both, { cwd })).status, 2);
});

Deno.test("eventodb verify reads standard input, as often as it has to", async () => {
  const input = [...lines.slice(0, 3), lines[2]].join("");
  const { status, stdout } = await runCli(["verify", "-"], { stdin: input });
  assertEquals(status, 1);
  assertStringIncludes(stdout, "standard input: 4 events");
  assertStringIncludes(stdout, "  id_twice, line 4: message id");
});

Deno.test("eventodb export never leaves a file beside the manifest of another", async () => {
  await using test = await setUp("--output", "july.ndjson");
  const { cwd } = test;
  const again = ["export", ...connection, "--all", "--output", "july.ndjson"];
  assertEquals((await runCli([...again, "--no-manifest"], { cwd })).status, 0);
  assertEquals(await test.names(), ["july.ndjson"]);
  assertEquals((await runCli([...again, "--manifest", "m.json"], { cwd })).status, 0);
  assertEquals(await test.names(), ["july.ndjson", "m.json"]);
  const piped = ["export", ...connection, "--all", "--manifest", "piped.json"];
  const { stdout } = await runCli(piped, { cwd });
  assertEquals(stdout, lines.join(""));
  assertEquals(JSON.parse(await test.read("piped.json")).events, 1200);
  const both = [...again, "--manifest", "m.json", "--no-manifest"];
  assertEquals((await runCli(both, { cwd })).status, 2);
});

Deno.test("eventodb export puts no token that stands in an address into its manifest", async () => {
  await using test = await setUp("--output", "july.ndjson");
  const [, url, , token] = connection as [string, string, string, string];
  await using proxy = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    return fetch(url + pathname.replace(/^\/ns_[^/]*/, "") + search, request);
  });
  const address = `http://127.0.0.1:${(proxy.addr as Deno.NetAddr).port}/${token}`;
  const args = ["export", "--url", address, "--token", token, "--all", "-o", "p.ndjson"];
  const { status, stderr } = await runCli(args, { cwd: test.cwd });
  assertEquals(status, 0, stderr);
  assert(!(await test.read("p.ndjson.manifest.json")).includes(token));
});

Deno.test("eventodb inspect shows what a file holds", async () => {
  await using test = await setUp("--output", "july.ndjson.gz");
  const { cwd } = test;
  const { status, stdout } = await runCli(["inspect", "july.ndjson.gz"], { cwd });
  assertEquals(status, 0);
  assertMatch(stdout, /^file +july\.ndjson\.gz\nevents +1,200\n/);
  assertMatch(stdout, /\ncategory +streams +incomplete +external links +events +median/);
  const json = lastJson((await runCli(["inspect", "july.ndjson.gz", "--json"], { cwd })).stdout);
  assertEquals([json.events, json.badLines], [1200, 0]);
  assertEquals((await runCli(["inspect", "none"], { cwd })).status, 1);
});

const changes: [name: string, change: (text: string) => string, problem: RegExp][] = [
  ["cut", (text) => text.slice(0, text.lastIndexOf("{")), /it has \d+ bytes/],
  ["longer", (text) => text + text.slice(0, text.indexOf("\n") + 1), /bytes/],
  ["edited", (text) => text.replace(/"gpos":1,/, '"gpos":3,'), /its SHA-256 differs/],
];

for (const name of ["july.ndjson", "july.ndjson.gz"]) {
  for (const [kind, change, problem] of changes) {
    Deno.test(`eventodb import of ${name} changes nothing when the file is ${kind}`, async () => {
      await using test = await setUp("--output", "july.ndjson");
      const { cwd } = test;
      const text = change(await test.read("july.ndjson"));
      await Deno.remove(`${cwd}/july.ndjson`);
      const bytes = new Blob([text]).stream();
      await Deno.writeFile(
        `${cwd}/${name}`,
        name.endsWith(".gz") ? bytes.pipeThrough(new CompressionStream("gzip")) : bytes,
      );
      await using server = await startServer();
      const to = ["import", "--url", server.url, "--token", server.token, "--input", name];
      const asked = [...to, "--manifest", "july.ndjson.manifest.json"];
      const { status, stderr } = await runCli(asked, { cwd });
      assertEquals(status, 1);
      assertMatch(stderr, /Cannot import july\.ndjson(\.gz)?: it is not the file that /);
      assertMatch(stderr, problem);
      assertMatch(stderr, /Nothing was (imported|sent)/);
      assertStringIncludes(stderr, "With --no-manifest it is imported as it is");
      const info = await rpc<{ messageCount: number }>(server, "ns.info", "default");
      assertEquals(info.messageCount, 0);
    });
  }

  Deno.test(`eventodb import of ${name} takes a file that matches its manifest`, async () => {
    await using test = await setUp("--output", name);
    await using server = await startServer();
    const to = ["import", "--url", server.url, "--token", server.token, "--input", name];
    const { status, stderr } = await runCli(to, { cwd: test.cwd });
    assertEquals(status, 0, stderr);
    assertStringIncludes(stderr, "1,200 events imported");
  });
}

Deno.test("eventodb import uses no manifest that is damaged, and none with --no-manifest", async () => {
  await using test = await setUp("--output", "july.ndjson");
  const { cwd } = test;
  await Deno.writeTextFile(`${cwd}/july.ndjson.manifest.json`, "{");
  await using server = await startServer();
  const to = ["import", "--url", server.url, "--token", server.token, "--input", "july.ndjson"];
  const refused = await runCli(to, { cwd });
  assertEquals(refused.status, 1);
  assertStringIncludes(refused.stderr, "Cannot use july.ndjson.manifest.json: it is not JSON");
  assertStringIncludes(refused.stderr, "Nothing was sent");
  assertEquals((await runCli([...to, "--no-manifest"], { cwd })).status, 0);
});

Deno.test("eventodb verify and inspect do not take a file of nothing for a good one", async () => {
  const cwd = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    await Deno.writeTextFile(`${cwd}/none.ndjson`, "\n");
    for (const [command, status] of [["verify", 3], ["inspect", 1]] as const) {
      for (const options of [[], ["--json"], ["--quiet"]]) {
        const result = await runCli([command, "none.ndjson", ...options], { cwd });
        assertEquals(result.status, status);
        assertMatch(result.stderr, /none\.ndjson.* holds no record\n.*--allow-empty/);
      }
      const allowed = await runCli([command, "none.ndjson", "--allow-empty"], { cwd });
      assertEquals([allowed.status, allowed.stderr], [0, ""]);
    }
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

Deno.test({
  name: "eventodb verify, inspect, diff and export read all of a named pipe",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using test = await setUp("--output", "july.ndjson");
    const { cwd } = test;
    /** Runs a command of bash, in which a file is a pipe. */
    const run = async (line: string) => {
      const cli = new URL("../../cli.ts", import.meta.url).pathname;
      const script = `eventodb() { "${Deno.execPath()}" run -qA "${cli}" "$@"; }; ${line}`;
      const shell = new Deno.Command("bash", { args: ["-c", script], cwd });
      const { code, stdout, stderr } = await shell.output();
      return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
    };
    const verified = await run(
      "eventodb verify <(cat july.ndjson) --manifest july.ndjson.manifest.json",
    );
    assertEquals(verified.code, 0, verified.text);
    assertStringIncludes(verified.text, "1,200 events");
    const inspected = await run("eventodb inspect <(gzip -c july.ndjson) --json");
    assertEquals(JSON.parse(inspected.text).events, 1200);
    const compared = await run("eventodb diff <(cat july.ndjson) <(cat july.ndjson) --json");
    assertEquals([compared.code, JSON.parse(compared.text).eventsB], [0, 1200]);
    const sliced = await run(
      "eventodb export --input <(cat july.ndjson) --all -q | cmp - july.ndjson",
    );
    assertEquals([sliced.code, sliced.text], [0, ""]);
  },
});

Deno.test("a manifest is beside the file, also where a name of it is a link", async () => {
  await using test = await setUp("--output", "july.ndjson");
  const { cwd } = test;
  await Deno.mkdir(`${cwd}/links`);
  await Deno.symlink("../july.ndjson", `${cwd}/links/latest.ndjson`);
  const { status, stdout } = await runCli(["verify", "links/latest.ndjson"], { cwd });
  assertEquals(status, 0);
  assertMatch(stdout, /Compared with .*july\.ndjson\.manifest\.json/);

  const to = ["--all", "--to-position", "500", "--output", "links/latest.ndjson"];
  assertEquals((await runCli(["export", ...connection, ...to], { cwd })).status, 0);
  assertEquals(await test.names(), ["july.ndjson", "links"]);
  for (const name of ["links/latest.ndjson", "july.ndjson"]) {
    const { status, stdout } = await runCli(["verify", name], { cwd });
    assertEquals(status, 0, stdout);
  }
});

Deno.test("eventodb export writes its manifest over neither its output nor its input", async () => {
  await using test = await setUp("--output", "july.ndjson");
  const { cwd } = test;
  const before = await test.read("july.ndjson");
  const all = ["export", ...connection, "--all"];
  const file = ["export", "--input", "july.ndjson", "--all"];
  const wrong: [string[], RegExp][] = [
    [[...all, "--output", "july.ndjson", "--manifest", "july.ndjson"], /would go to the same file/],
    [[...all, "--output", "new.ndjson", "--manifest", "./new.ndjson"], /would go to the same file/],
    [[...all, "--manifest", "-"], /would go to the same file/],
    [[...file, "--output", "new.ndjson", "--manifest", "july.ndjson"], /manifest is the input/],
  ];
  for (const [args, problem] of wrong) {
    const { status, stdout, stderr } = await runCli(args, { cwd });
    assertEquals([status, stdout], [2, ""]);
    assertMatch(stderr, problem);
  }
  const nowhere = await runCli([...all, "--output", "new.ndjson", "--manifest", "no/m.json"], {
    cwd,
  });
  assertEquals(nowhere.status, 1);
  assertStringIncludes(nowhere.stderr, "Cannot write no/m.json: the folder no does not exist");
  assertEquals(await test.read("july.ndjson"), before);
  assertEquals(await test.names(), ["july.ndjson", "july.ndjson.manifest.json"]);
});

Deno.test({
  name: "eventodb verify leaves no temporary file behind when it is interrupted",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
    try {
      const names = () => Array.from(Deno.readDirSync(folder), ({ name }) => name);
      await using verify = startCli(["verify", "-"], { env: { TMPDIR: folder }, stdin: "" });
      const writer = verify.process.stdin.getWriter();
      await writer.write(new TextEncoder().encode(lines.join("")));
      while (names().length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      verify.process.kill("SIGTERM");
      assertEquals((await verify.ended).status, 130);
      assertEquals(names(), []);
      await writer.close().catch(() => {});
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
