import { assertEquals } from "../support/assert.ts";
import { runCli } from "../support/cli.ts";
import { lineOf } from "../support/history.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { checkout } from "./documents.ts";

const page = Deno.readTextFileSync(`${checkout}docs/masking.md`);

Deno.test("docs/masking.md shows the policy of the example service as it is", () => {
  const [, shown] = /^```yaml\n(.*?)^```$/ms.exec(page)!;
  const policy = Deno.readTextFileSync(`${checkout}examples/workflow_service/mask.yaml`);
  assertEquals(shown, policy);
});

Deno.test("docs/masking.md shows what is said of values that are left in the clear", async () => {
  await using folder = await temporaryFolder();
  const cwd = folder.path;
  const [, shown] = /^```text\n(.*?)^```$/ms.exec(page)!;
  const lines = Array.from({ length: 12 }, (_, i) => {
    const email = `person-${i}@example.com`;
    const customer = { stream: `customer-${i}`, type: "CustomerRegistered", data: { email } };
    const note = { stream: `note-${i}`, type: "NoteAdded", data: { text: `Ask ${email}` } };
    const gpos = 47 + 2 * i;
    return lineOf(2 * i + 1, { ...customer, pos: 0, gpos }) +
      lineOf(2 * i + 2, { ...note, pos: 0, gpos: gpos + 1 });
  });
  await Deno.writeTextFile(`${cwd}/july.ndjson`, lines.join(""));
  await Deno.writeTextFile(
    `${cwd}/policy.yaml`,
    "version: 1\nstreams: {customer: keep, note: keep}\n" +
      "events: [{data: {$.email: email(customer), $.text: keep}}]\n",
  );
  await Deno.writeTextFile(`${cwd}/mask.key`, "0123456789abcdef".repeat(4), { mode: 0o600 });
  const { status, stderr } = await runCli([
    ...["mask", "apply", "july.ndjson", "--policy", "policy.yaml", "--key-file", "mask.key"],
    ...["--output", "masked.ndjson"],
  ], { cwd });
  assertEquals([status, stderr], [1, shown]);
});
