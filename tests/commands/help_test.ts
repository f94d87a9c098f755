import { assertEquals } from "../support/assert.ts";
import { type CliResult, runCli } from "../support/cli.ts";

/**
 * Compares with a file in testdata/. `UPDATE_GOLDEN=1 deno test -A tests/commands/help_test.ts` writes
 * it anew: look at the difference before you commit it.
 */
async function assertGolden(actual: string, name: string): Promise<void> {
  const file = new URL(`testdata/${name}.txt`, import.meta.url);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, actual);
  assertEquals(actual, await Deno.readTextFile(file));
}

const topics = [
  "serve",
  "export",
  "import",
  "verify",
  "inspect",
  "diff",
  "ns",
  "ns create",
  "ns delete",
  "ns rotate-token",
  "ns list",
  "ns info",
  "mask",
  "mask apply",
  "mask check",
  "mask discover",
  "mask keygen",
  "version",
  "help",
];

const helps = new Map<string, Promise<CliResult>>();

/** What `eventodb help` says of a topic, or of all for an empty one: each is asked for once. */
function helpOf(topic: string): Promise<CliResult> {
  const words = topic === "" ? [] : topic.split(" ");
  const help = helps.get(topic) ?? runCli(["help", ...words]);
  helps.set(topic, help);
  return help;
}

for (const topic of topics) {
  Deno.test(`eventodb help ${topic} explains it, as --help does`, async () => {
    const words = topic.split(" ");
    const { status, stdout, stderr } = await helpOf(topic);
    assertEquals([status, stderr], [0, ""]);
    await assertGolden(stdout, `help_${words.join("_")}`);
    for (const flag of ["--help", "-h", "-help"]) {
      assertEquals((await runCli([...words, flag])).stdout, stdout);
    }
  });
}

Deno.test("eventodb help lists the commands", async () => {
  const { status, stdout, stderr } = await helpOf("");
  assertEquals([status, stderr], [0, ""]);
  await assertGolden(stdout, "help");
  for (const spelling of ["--help", "-h", "-help"]) {
    assertEquals((await runCli([spelling])).stdout, stdout);
  }
});

Deno.test("eventodb without arguments shows the help as what was missing", async () => {
  const { status, stdout, stderr } = await runCli([]);
  assertEquals([status, stdout], [2, ""]);
  assertEquals(stderr, (await helpOf("")).stdout);
});

Deno.test("eventodb help shows lines of at most 80 characters, examples aside", async () => {
  for (const topic of ["", ...topics]) {
    const { stdout } = await helpOf(topic);
    const [text] = stdout.split("Examples:");
    assertEquals(text!.split("\n").filter((line) => line.length > 80), []);
  }
});
