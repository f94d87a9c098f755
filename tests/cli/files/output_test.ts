import { openOutput } from "../../../src/cli/files/output.ts";
import { CommandError } from "../../../src/cli/problems.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";

async function tempFolder() {
  const path = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Replaces a method of open files until it is disposed of. */
function withSync(sync: (this: Deno.FsFile) => Promise<void>): Disposable {
  const original = Deno.FsFile.prototype.sync;
  Deno.FsFile.prototype.sync = sync;
  return { [Symbol.dispose]: () => void (Deno.FsFile.prototype.sync = original) };
}

async function write(path: string, text: string): Promise<void> {
  await using output = await openOutput(path);
  const writer = output.writable.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await output.complete();
}

Deno.test("openOutput() gives a file its name only when its bytes are on the disk", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/out`;
  const seen: string[] = [];
  const { sync } = Deno.FsFile.prototype;
  using _ = withSync(async function () {
    const { size, isFile } = await this.stat();
    const isThere = await Deno.stat(path).then(() => true, () => false);
    seen.push(`${isFile ? `${size} bytes` : "folder"} ${isThere ? "after" : "before"} the name`);
    await sync.call(this);
  });
  await write(path, "events\n");
  assertEquals(seen, ["7 bytes before the name", "folder after the name"]);
});

Deno.test("openOutput() leaves the old file where the new one cannot be made durable", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/out`;
  await Deno.writeTextFile(path, "before\n");
  using _ = withSync(() => Promise.reject(new Error("Input/output error (os error 5)")));
  await assertRejects(() => write(path, "after\n"), CommandError, "Input/output error");
  assertEquals(await Deno.readTextFile(path), "before\n");
  assertEquals((await Array.fromAsync(Deno.readDir(folder.path))).length, 1);
});
