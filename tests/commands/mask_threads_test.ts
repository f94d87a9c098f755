/** What a masking by several threads has in common with one by a single thread: all but its speed. */

import { dirname } from "node:path";
import { importEvents, loadPolicy, maskEvents } from "../../mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { type CliResult, runCli, type RunCliOptions, startCli } from "../support/cli.ts";
import { startFailingServer } from "../support/failing_server.ts";
import { startServer } from "../support/server.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { workflowHistory } from "../support/workflow_history.ts";

const policyPath = new URL("../../examples/workflow_service/mask.yaml", import.meta.url).pathname;
const sourceFolder = new URL("../../src/", import.meta.url).pathname;
const keyText = "0123456789abcdef".repeat(4);
const key = Uint8Array.from(keyText.match(/../g)!, (digits) => parseInt(digits, 16));
/** More than is masked without other threads. */
const { lines } = workflowHistory(1_000);
const threads = { ignore: navigator.hardwareConcurrency < 2 };

async function maskingFolder() {
  const folder = await temporaryFolder();
  const { path } = folder;
  await Deno.writeTextFile(`${path}/july.ndjson`, lines);
  await Deno.copyFile(policyPath, `${path}/policy.yaml`);
  await Deno.writeTextFile(`${path}/mask.key`, keyText, { mode: 0o600 });
  const args = (input: string) => [
    ...["mask", "apply", input, "--policy", "policy.yaml", "--key-file", "mask.key"],
    ...["--output", "masked.ndjson"],
  ];
  return {
    path,
    args,
    apply: (options: RunCliOptions = {}): Promise<CliResult> =>
      runCli(args("july.ndjson"), { cwd: path, ...options }),
    masked: () => Deno.readTextFile(`${path}/masked.ndjson`),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function expected(): Promise<string> {
  const policy = await loadPolicy(await Deno.readTextFile(policyPath), "mask.yaml");
  return await new Response(maskEvents(new Blob([lines]).stream(), policy, key)).text();
}

Deno.test("eventodb mask apply gives the bytes of maskEvents(), with other threads and without", async () => {
  await using folder = await maskingFolder();
  const whole = await expected();
  const { status, stderr } = await folder.apply();
  assertEquals(status, 0, stderr);
  assert(!stderr.includes("Note:"), stderr);
  assert(await folder.masked() === whole);

  // The code of a thread is a file here, and may not be read, wherever the checkout is.
  const permissions = [
    `--allow-read=${dirname(folder.path)}`,
    `--deny-read=${sourceFolder}`,
    "--allow-write",
  ];
  const alone = await folder.apply({ permissions });
  assertEquals(alone.status, 0, alone.stderr);
  if (navigator.hardwareConcurrency > 1) {
    assertStringIncludes(
      alone.stderr,
      `Note: events are masked more slowly, by one thread, since others need --allow-read=${sourceFolder}\n`,
    );
  }
  assert(await folder.masked() === whole);
});

Deno.test("eventodb mask apply says that the events do not fit the disk, whichever thread finds it out", async () => {
  await using folder = await maskingFolder();
  const { status, stderr } = await folder.apply({ env: { TMPDIR: `${folder.path}/none` } });
  assertEquals(status, 1);
  assertMatch(
    stderr,
    /^error: Cannot create a temporary file: No such file .* variable TMPDIR \(BACKEND_ERROR\)\nNothing was written/,
  );
});

Deno.test(
  "eventodb export --mask ends its threads on SIGINT, and leaves nothing behind",
  threads,
  async () => {
    await using folder = await maskingFolder();
    await Deno.mkdir(`${folder.path}/temporary`);
    await using server = await startServer();
    const { url, token } = server;
    await importEvents(new Blob([lines]).stream(), { url, token });
    await using stalling = startFailingServer(
      url,
      ({ path }) => path === "/export" ? { stallAfter: 1_500_000 } : undefined,
    );
    await using running = startCli([
      ...["export", "--url", stalling.url, "--token", token, "--all", "--output", "masked.ndjson"],
      ...["--mask", "policy.yaml", "--mask-key-file", "mask.key"],
    ], { cwd: folder.path, env: { TMPDIR: `${folder.path}/temporary` } });
    // It has masked what came, and waits for more.
    await running.sees(/^Masked [1-9]/m);
    running.process.kill("SIGINT");
    const { status, stderr } = await running.ended;
    assertEquals(status, 130);
    assertMatch(stderr, /Nothing was written to masked\.ndjson\nInterrupted\n$/);
    assertEquals([...Deno.readDirSync(`${folder.path}/temporary`)], []);
    const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name).toSorted();
    assertEquals(names, ["july.ndjson", "mask.key", "policy.yaml", "temporary"]);
  },
);
