/** What a command loads is most of the time of its start: nothing that it does not use, and not too much. */

import { assert, assertEquals } from "../support/assert.ts";
import { type CliResult, runCli, startCli } from "../support/cli.ts";
import { lineOf } from "../support/history.ts";
import { loadedModules } from "../support/loaded_modules.ts";
import { startServer } from "../support/server.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

/** What is loaded only by who uses it, and how its modules are known. */
const apart = {
  "the server": /\/src\/http\//,
  "SQLite": /\/src\/store\/sqlite\/|^node:sqlite$/,
  "Postgres": /\/src\/store\/postgres\/|\/npm\/.*\/pg\b/,
  "Deno KV": /\/src\/store\/kv\//,
  "the page": /\/src\/page\/|\/page_libraries\.ts$/,
  "masking": /\/src\/mask\/|noble/,
  "YAML": /\/deps\/yaml\.ts$|\/npm\/.*\/yaml\//,
  "JSONPath": /jsonpath/,
  "hashing": /^node:crypto$/,
  "compression": /^node:zlib$|\/src\/gzip\.ts$/,
  "Node's streams": /^node:stream$/,
};

interface Budget {
  /** What of `apart` is used. */
  uses?: (keyof typeof apart)[];
  /** Most modules, somewhat above what there are now. */
  files: number;
  /** Most bytes of their sources. */
  kilobytes: number;
}

/** Fails where a process loads what it has no use for. */
async function assertLoads(
  { uses = [], files, kilobytes }: Budget,
  run: (env: Record<string, string>) => Promise<CliResult>,
): Promise<void> {
  const loaded = await loadedModules(async (env) => {
    const { status, stderr } = await run(env);
    assertEquals(status, 0, stderr);
  });
  for (const [what, pattern] of Object.entries(apart)) {
    const found = loaded.names.filter((name) => pattern.test(name));
    const isUsed = uses.includes(what as keyof typeof apart);
    assertEquals(found.length > 0, isUsed, `${what}: ${found.join(" ")}`);
  }
  assert(loaded.files > 10, "the modules are known");
  assert(loaded.files <= files, `${loaded.files} modules`);
  assert(loaded.bytes <= kilobytes * 1_000, `${loaded.bytes} bytes`);
}

const local: [command: string, Budget][] = [
  ["version", { files: 28, kilobytes: 65 }],
  ["help", { files: 35, kilobytes: 90 }],
  ["export --help", { files: 65, kilobytes: 200 }],
  ["import --help", { files: 65, kilobytes: 210 }],
];

for (const [command, budget] of local) {
  Deno.test(`eventodb ${command} loads no more than it uses`, async () => {
    await assertLoads(budget, (env) => runCli(command.split(" "), { env }));
  });
}

Deno.test("eventodb import, export and ns load no driver, and hash only for a manifest", async () => {
  await using server = await startServer();
  await using folder = await temporaryFolder();
  const connection = ["--url", server.url, "--token", server.token];
  const input = `${folder.path}/events.ndjson`;
  await Deno.writeTextFile(input, lineOf(1));
  const output = `${folder.path}/exported.ndjson`;
  const commands: [args: string[], Budget][] = [
    [["import", "--input", input], { files: 120, kilobytes: 430 }],
    [["export", "--all"], { files: 165, kilobytes: 610 }],
    [["export", "--all", "--output", output], { uses: ["hashing"], files: 175, kilobytes: 660 }],
    [["export", "--all", "--output", output, "--no-manifest"], { files: 165, kilobytes: 610 }],
    [["ns", "info"], { files: 100, kilobytes: 360 }],
  ];
  for (const [args, budget] of commands) {
    await assertLoads(budget, (env) => runCli([...args, ...connection], { env }));
  }
});

Deno.test("eventodb serve loads one backend, and no page, links or masking before they are asked for", async () => {
  const budget: Budget = {
    uses: ["the server", "SQLite", "hashing", "compression", "Node's streams"],
    files: 225,
    kilobytes: 820,
  };
  await assertLoads(budget, async (env) => {
    await using serving = startCli(["serve", "--port", "0", "--test-mode"], { env });
    const [url] = await serving.sees(/http:\/\/127\.0\.0\.1:\d+/);
    const response = await fetch(`${url}/export`);
    assertEquals([response.status, await response.text()], [200, ""]);
    serving.process.kill("SIGTERM");
    return await serving.ended;
  });
});
