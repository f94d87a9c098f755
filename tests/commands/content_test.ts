import { gzipSync } from "node:zlib";
import { EventoDBClient } from "../../mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { cliInShell, lastJson, runCli } from "../support/cli.ts";
import { contents } from "../support/contents.ts";
import { startFailingServer } from "../support/failing_server.ts";
import { lineOf, runImport } from "../support/history.ts";
import { startServer } from "../support/server.ts";

const lines = [1, 2, 3].map((n) => lineOf(n)).join("");

async function setUp() {
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await startServer());
  const proxy = undo.use(startFailingServer(server.url, () => undefined));
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  undo.defer(() => Deno.remove(folder, { recursive: true }));
  const client = new EventoDBClient({ url: server.url, token: server.token });
  const resources = undo.move();
  return {
    server,
    seen: proxy.seen,
    folder,
    url: proxy.url,
    newNamespace: async () => {
      const id = crypto.randomUUID();
      return { id, token: (await client.namespaceCreate(id)).token };
    },
    connection: ["import", "--url", proxy.url, "--token", server.token],
    count: async (id = "default") => (await client.namespaceInfo(id)).messageCount,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

Deno.test("eventodb import names content that is no lines by its file, and sends nothing", async () => {
  await using test = await setUp();
  await Promise.all(
    contents().flatMap(({ name, bytes, what, help }) =>
      // One layer of gzip is no mistake.
      (name === "gzip" ? [true] : [false, true]).map(async (inGzip) => {
        const path = `${test.folder}/${name.replaceAll(" ", "-")}${inGzip ? ".gz" : ""}`;
        await Deno.writeFile(path, inGzip ? new Uint8Array(gzipSync(bytes)) : bytes);
        // A namespace of its own: imports into the same one would wait for each other.
        const { id, token } = await test.newNamespace();
        const args = ["import", "--url", test.url, "--token", token, "--input", path, "--json"];
        const { status, stdout, stderr } = await runCli(args);
        if (stderr.startsWith("Importing")) {
          // What needs more than the first bytes is the server's to say.
          assertMatch(stderr, new RegExp(`error: Cannot import line \\d of ${path}: it is `));
          assertStringIncludes(stderr, `it is ${what}, not one record a line. ${help}`);
        } else {
          const inside = inGzip ? "gzip data of " : "";
          assertStringIncludes(
            stderr,
            `error: Cannot import ${path}: it is ${inside}${what}, not one record a line\nNothing was sent\n`,
          );
          if (!(inGzip && help === "unzip -p")) assertStringIncludes(stderr, help);
        }
        assertEquals(status, 1);
        assertEquals((lastJson(stdout).error as { code: string }).code, "INVALID_JSON");
        assertEquals(await test.count(id), 0);
      })
    ),
  );
});

/** How a file comes to be what it is, for real: a command that reads lines, and the file's name. */
const conversions: [command: string, name: string][] = [
  ["jq -s . < lines > out", "it's an array.json"],
  ["jq . < lines > out", "pretty.json"],
  ["jq . < lines | gzip > out", "pretty.json.gz"],
  ["gzip < lines | gzip > out", "twice.gz"],
  ["zstd -q < lines > out", "lines.zst"],
  ["xz < lines > out", "lines.xz"],
  ["bzip2 < lines > out", "lines.bz2"],
  ["zip -q - lines > out", "lines.zip"],
  ["tar -cf out lines", "lines.tar"],
  ["tar -czf out lines", "lines.tar.gz"],
  ["iconv -f UTF-8 -t UTF-16 < lines > out", "utf-16.ndjson"],
  ["iconv -f UTF-8 -t UTF-16LE < lines > out", "utf-16le.ndjson"],
  ["tr '\\n' '\\r' < lines > out", "mac.ndjson"],
];

Deno.test({
  name: "eventodb import names a command that turns other content into lines, and it does",
  ignore: Deno.build.os === "windows",
  async fn(t) {
    await using test = await setUp();
    await Deno.writeTextFile(`${test.folder}/lines`, lines);
    const shell = async (script: string) => {
      const { code, stderr } = await new Deno.Command("sh", {
        args: ["-c", script],
        cwd: test.folder,
        env: { NO_COLOR: "1" },
      }).output();
      return { code, stderr: new TextDecoder().decode(stderr) };
    };
    for (const [command, name] of conversions) {
      const tools = [command, ...name.endsWith(".zip") ? ["unzip"] : []].map((tool) =>
        tool.split(" ")[0]
      );
      const missing = (await shell(`command -v ${tools.join(" && command -v ")}`)).code !== 0;
      await t.step({
        name: `${name}, made by ${command}${missing ? ", which is not installed" : ""}`,
        ignore: missing,
        async fn() {
          const made = await shell(`rm -f out; ${command} && mv out "${name}"`);
          assertEquals(made, { code: 0, stderr: "" });
          const args = [...test.connection, "--force", "--yes"];
          const { stderr } = await runCli([...args, "--input", name], { cwd: test.folder });
          const [, help] = /\nTry: (.*) \| eventodb import …\n/.exec(stderr) ?? [];
          assert(help !== undefined, stderr);
          const quoted = args.map((arg) => `"${arg}"`).join(" ");
          const piped = `${help} | ${cliInShell} ${quoted} -q`;
          assertEquals(await shell(piped), { code: 0, stderr: "" });
          assertEquals(await test.count(), 3);
        },
      });
    }
  },
});

Deno.test("eventodb import names the file and the line of what is wrong in the middle", async () => {
  await using test = await setUp();
  const whole = gzipSync(Array.from({ length: 3000 }, (_, i) => lineOf(i + 1)).join(""));
  const files: [name: string, bytes: string | Uint8Array, said: RegExp][] = [
    [
      "joined.ndjson",
      `${lines}\ufeff${lineOf(4)}`,
      /line 4 of \S+: there is a byte order mark in the/,
    ],
    [
      "same.ndjson",
      lineOf(1) + lineOf(1),
      /line 2 of \S+ .*global position 1 is taken by line 1\b.*\n.*\nThe input holds it twice/,
    ],
    [
      "cut.ndjson.gz",
      whole.subarray(0, 5000),
      /import \S+cut.ndjson.gz: the gzip data is cut short/,
    ],
    ["tiny.gz", gzipSync(lines).subarray(0, 40), /import \S+tiny.gz: the gzip data is cut short/],
  ];
  for (const [name, bytes, said] of files) {
    const path = `${test.folder}/${name}`;
    if (typeof bytes === "string") await Deno.writeTextFile(path, bytes);
    else await Deno.writeFile(path, bytes);
    const { status, stderr } = await runCli([...test.connection, "--input", path]);
    assertEquals(status, 1);
    assertMatch(stderr, said);
    assertMatch(stderr, /\nNothing was imported: the namespace is as it was\n/);
  }
  assertEquals(await test.count(), 0);
});

Deno.test("POST /import says what a body is that is not one record a line", async () => {
  await using server = await startServer();
  for (const { bytes, what, help } of contents()) {
    const { error, message, line } = await runImport(server, bytes);
    assertEquals(error, "INVALID_JSON");
    assertStringIncludes(message!, `Cannot import line ${line}: it is ${what}, not one record a`);
    assertStringIncludes(message!, help);
  }
});

Deno.test("eventodb verify, inspect, diff and export --input name content that is no lines", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const good = `${folder}/good.ndjson`;
    await Deno.writeTextFile(good, lines);
    const wanted = ["UTF-16 LE with a mark", "zstd", "a JSON array"];
    const some = contents().filter(({ name }) => wanted.includes(name));
    assertEquals(some.length, wanted.length);
    for (const [at, { bytes, what, help }] of some.entries()) {
      const path = `${folder}/wrong-${at}`;
      await Deno.writeFile(path, bytes);
      const commands: [action: string, status: number, args: string[]][] = [
        ["verify", 3, ["verify", path]],
        ["inspect", 1, ["inspect", path]],
        ["compare", 3, ["diff", good, path]],
        ["export from", 1, ["export", "--input", path, "--all"]],
      ];
      // One command for each but the first, so that there are few processes.
      for (const [action, status, args] of at === 0 ? commands : [commands[at]!]) {
        const result = await runCli(args);
        assertEquals(result.status, status);
        assertStringIncludes(
          result.stderr,
          `error: Cannot ${action} ${path}: it is ${what}, not one record a line\n`,
        );
        assertStringIncludes(result.stderr, help);
      }
    }
    const piped = await runCli(["verify", "-"], { stdin: some[0]!.bytes });
    assertEquals(piped.status, 3);
    assertStringIncludes(piped.stderr, "Cannot verify standard input: it is UTF-16");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
