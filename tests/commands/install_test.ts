import config from "../../deno.json" with { type: "json" };
import { assert, assertEquals, assertMatch, assertObjectMatch } from "../support/assert.ts";
import { runCli, type RunCliOptions, startCli } from "../support/cli.ts";
import { denoVersion } from "../support/deno_versions.ts";
import { lineOf } from "../support/history.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const checkout = new URL("../../", import.meta.url).pathname;
const executable = Deno.build.os === "windows" ? "eventodb.cmd" : "eventodb";

for (const version of new Set([Deno.version.deno, "2.8.0"])) {
  const deno = await denoVersion(version);
  for (const form of [["./cli.ts"], ["--config", "deno.json", "./cli.ts"]]) {
    const words = ["install", "-g", "-A", "-n", "eventodb", ...form];
    Deno.test({
      name: `deno ${words.join(" ")}, in a checkout, gives a working eventodb (Deno ${version})` +
        (deno.path === null ? `: ${deno.reason}` : ""),
      ignore: deno.path === null,
      fn: () => assertWorksInstalled(deno.path!, words, deno.env),
    });
  }
}

Deno.test("deno install, as docs/cli.md has it for a checkout, gives a working eventodb", async () => {
  const docs = await Deno.readTextFile(`${checkout}docs/cli.md`);
  const words = /^deno (install .*(?:\\\n.*)*[^:]\bcli\.ts)$/m.exec(docs)![1]!
    .replaceAll("\\\n", " ").split(/ +/);
  assert(words !== undefined, "docs/cli.md shows the command");
  await assertWorksInstalled(Deno.execPath(), words);
});

Deno.test("what deno install -g puts into an empty cache serves the page without a network", async () => {
  await using folder = await temporaryFolder();
  const env = { DENO_DIR: `${folder.path}/cache` };
  const installed = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet", "--root", folder.path, "-g", "-A", "-n", "eventodb", "./cli.ts"],
    cwd: checkout,
    env,
  }).output();
  assert(installed.success, new TextDecoder().decode(installed.stderr));
  // Nobody listens there.
  const nowhere = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]
    .map((name) => [name, "http://127.0.0.1:9"]);
  await using server = startCli(["serve", "--test-mode", "--port", "0"], {
    program: [`${folder.path}/bin/${executable}`],
    cwd: folder.path,
    env: { ...env, ...Object.fromEntries(nowhere), PATH: pathTo(Deno.execPath()) },
  });
  const [, url] = await server.sees(/ url=(\S+)/);
  await assertServesPage(url!);
});

/** The path that finds a Deno first: what is installed runs the one that it finds. */
function pathTo(deno: string): string {
  return `${deno.replace(/[\\/][^\\/]+$/, "")}:${Deno.env.get("PATH")}`;
}

/** Loads the page's document, and what it names. */
async function assertServesPage(url: string): Promise<void> {
  const document = await fetch(`${url}/ui`);
  assertEquals(document.status, 200);
  const names = [...(await document.text()).matchAll(/(?:href|src)="([^"]+)"/g)];
  assertEquals(names.length, 3);
  for (const [, name] of names) {
    const file = await fetch(`${url}/${name}`);
    assertEquals(file.status, 200);
    assert((await file.text()).length > 0);
  }
}

/** Installs into a folder of its own, and uses what is there from another folder. */
async function assertWorksInstalled(
  deno: string,
  [install, ...options]: string[],
  env: Record<string, string> = {},
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const installed = await new Deno.Command(deno, {
      args: [install!, "--quiet", "--root", root, ...options],
      cwd: checkout,
      env,
    }).output();
    assert(installed.success, new TextDecoder().decode(installed.stderr));
    const away = `${root}/elsewhere`;
    await Deno.mkdir(away);
    const how: RunCliOptions = {
      program: [`${root}/bin/${executable}`],
      cwd: away,
      env: { ...env, PATH: pathTo(deno) },
    };
    const eventodb = async (...args: string[]) => {
      const { status, stdout, stderr } = await runCli(args, how);
      assertEquals(status, 0, stderr);
      return stdout;
    };

    assertEquals(await eventodb("version"), `eventodb ${config.version}\n`);
    assertMatch(await eventodb("help"), /^EventoDB: /);
    await using server = startCli(["serve", "--test-mode", "--port", "0"], how);
    const [, url] = await server.sees(/ url=(\S+)/);
    const health = await fetch(`${url}/health`);
    assertObjectMatch(await health.json(), { status: "ok" });
    await assertServesPage(url!);
    const history = lineOf(1) + lineOf(2);
    await Deno.writeTextFile(`${away}/events.ndjson`, history);
    await eventodb("import", "--url", url!, "--input", "events.ndjson");
    assertEquals(await eventodb("export", "--all", "--url", url!), history);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
