import { assertEquals, assertStringIncludes } from "../support/assert.ts";

const examples = new URL("../../examples/", import.meta.url).pathname;

/** Runs an example as its reader does, in a folder in which it must leave nothing behind. */
async function run(path: string) {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-all", `${examples}${path}`],
      cwd: folder,
      env: { NO_COLOR: "1", TMPDIR: folder },
      stdin: "null",
    }).output();
    const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { success, output, errors, left: [...Deno.readDirSync(folder)] };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("local_debug.ts goes on here from where the service's database is", async () => {
  const { success, output, errors, left } = await run("local_debug.ts");
  assertEquals([success, errors], [true, ""], output);
  for (
    const promise of [
      "it stops as it did in production",
      "at the same position",
      "nothing is handled a second time",
      "what is written here comes after",
    ]
  ) assertStringIncludes(output, `ok: ${promise}`);
  assertEquals(left, []);
});

Deno.test("examples/README.md names every example", async () => {
  const readme = await Deno.readTextFile(`${examples}README.md`);
  for (const { name } of Deno.readDirSync(examples)) {
    if (name !== "README.md") assertStringIncludes(readme, `](${name}`);
  }
});
