import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { lastJson, runCli } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

Deno.test("eventodb mask keygen makes a key that only its owner may read, and replaces none", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  const made = await runCli(["mask", "keygen", "mask.key"], { cwd });
  assertEquals([made.status, made.stdout], [0, ""], made.stderr);
  assertMatch(made.stderr, /^Made the key mask\.key, fingerprint [0-9a-f]{16}$/m);
  const text = await Deno.readTextFile(`${cwd}/mask.key`);
  assertMatch(text, /^[0-9a-f]{64}\n$/);
  assert(!made.stderr.includes(text.slice(0, 8)), "it shows the key");
  if (Deno.build.os !== "windows") {
    assertEquals((await Deno.stat(`${cwd}/mask.key`)).mode! & 0o777, 0o600);
  }

  const again = await runCli(["mask", "keygen", "mask.key"], { cwd });
  assertEquals(again.status, 1);
  assertMatch(
    again.stderr,
    /^error: Cannot write mask\.key: it already exists\n.+another name$/m,
  );
  assertEquals(await Deno.readTextFile(`${cwd}/mask.key`), text);

  for (const output of ["-", "/dev/stdout"]) {
    const shown = await runCli(["mask", "keygen", output], { cwd });
    assertEquals([shown.status, shown.stdout], [2, ""], shown.stderr);
    assertMatch(shown.stderr, /^error: A key is not shown/);
  }
  assertEquals([...Deno.readDirSync(cwd)].map(({ name }) => name), ["mask.key"]);

  const other = await runCli(["mask", "keygen", "other.key", "--json"], { cwd });
  assertMatch(String(lastJson(other.stdout).fingerprint), /^[0-9a-f]{16}$/);
  assert(text !== await Deno.readTextFile(`${cwd}/other.key`));
});

Deno.test("eventodb mask keygen says that a folder is not there", async () => {
  await using folder = await temporaryFolder();
  const { status, stderr } = await runCli(["mask", "keygen", "none/mask.key"], {
    cwd: folder.path,
  });
  assertEquals(status, 1);
  assertMatch(stderr, /Cannot write none\/mask\.key: there is no such file or folder/);
});
