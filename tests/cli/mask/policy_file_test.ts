import { createHash } from "node:crypto";
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
        ":3:3: the rule is missing, or YAML's null: write one, such as keep, drop or set-null. " +
        "The same in lines 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 2 more",
        1,
      ],
    );
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("readPolicy() bounds what it reads, of a pipe too, and names the line that is no UTF-8", async () => {
  await assertRejects(
    () => readPolicy("/dev/zero"),
    CommandError,
    "Cannot use /dev/zero: a policy has at most 4,194,304 bytes",
  );
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeFile(
      path,
      Uint8Array.of(...new TextEncoder().encode("version: 1\n# caf"), 0xe9),
    );
    await assertRejects(() => readPolicy(path), CommandError, `${path}:2: the text is not UTF-8`);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("readPolicy() takes a byte order mark, and hashes the file as it is", async () => {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    const bytes = new TextEncoder().encode("\ufeffversion: 1\nunknown: drop\n");
    await Deno.writeFile(path, bytes);
    const { unknown, hash } = await readPolicy(path);
    assertEquals([unknown, hash], ["drop", createHash("sha256").update(bytes).digest("hex")]);
  } finally {
    await Deno.remove(path);
  }
});
