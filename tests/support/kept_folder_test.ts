import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertEquals, assertRejects } from "./assert.ts";
import { keptFolder } from "./kept_folder.ts";

Deno.test("keptFolder() takes no folder whose filling broke off, also the second time", async () => {
  const name = crypto.randomUUID();
  let fills = 0;
  const fill = async (folder: string) => {
    fills++;
    await Deno.writeTextFile(join(folder, "made"), "all of it");
  };
  try {
    const made = await keptFolder(name, "made", fill);
    assertEquals(await keptFolder(name, "made", fill), made);
    assertEquals(fills, 1);
    await Deno.remove(made);
    await assertRejects(() =>
      keptFolder(name, "made", async (folder) => {
        await Deno.writeTextFile(join(folder, "made"), "a part");
        throw new Error("broken off");
      })
    );
    assertEquals(await keptFolder(name, "made", fill), made);
    assertEquals([fills, await Deno.readTextFile(made)], [2, "all of it"]);
  } finally {
    await Deno.remove(join(tmpdir(), `eventodb-test-${name}-${Deno.uid()}`), { recursive: true });
  }
});
