import { readPolicy } from "../../../src/cli/mask/policy_file.ts";
import { CommandError } from "../../../src/cli/problems.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";

Deno.test("readPolicy() names the lines of a problem that many rules have once", async () => {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    const names = Array.from({ length: 13 }, (_, i) => `  c${i}:`).join("\n");
    await Deno.writeTextFile(path, `version: 1\nstreams:\n${names}\n  order: nonsense\n`);
    const error = await assertRejects(() => readPolicy(path), CommandError);
    assertEquals(
      [error.message.slice(path.length), error.hints.length],
      [
        ":3: the rule is missing, or YAML's null: write one, such as keep, drop or set-null. " +
        "The same in lines 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 2 more",
        1,
      ],
    );
  } finally {
    await Deno.remove(path);
  }
});
