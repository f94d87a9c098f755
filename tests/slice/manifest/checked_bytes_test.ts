import { createHash } from "node:crypto";
import { checkedBytes } from "../../../src/slice/manifest/checked_bytes.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";

const text = "one\ntwo\n";

function fileOf(text: string, gzip = false) {
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { name: "f", manifestName: "m", manifest: { bytes: text.length, sha256 }, gzip };
}

for (const gzip of [false, true]) {
  const name = gzip ? "of gzip data" : "of lines";
  Deno.test(`checkedBytes() ${name} hands on all that the manifest describes, and no other end`, async () => {
    const bodyOf = (text: string) => {
      const bytes = new Blob([text]).stream();
      return gzip ? bytes.pipeThrough(new CompressionStream("gzip")) : bytes;
    };
    const expected = await new Response(bodyOf(text)).bytes();
    const checked = checkedBytes(bodyOf(text), fileOf(text, gzip));
    assertEquals(await new Response(checked).bytes(), expected);
    for (const other of ["one\n", "one\ntwo\nthree\n", "one\ntow\n"]) {
      const checked = checkedBytes(bodyOf(other), fileOf(text, gzip));
      await assertRejects(() => new Response(checked).text(), Error, "it is not the file that m");
    }
  });

  Deno.test(`checkedBytes() ${name} ends when it is cancelled, whatever it waits for`, async () => {
    let reason: unknown;
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const body = new ReadableStream<Uint8Array>({
      pull() {
        resolve();
        return new Promise(() => {});
      },
      cancel(given) {
        reason = given;
      },
    }, { highWaterMark: 0 });
    const reader = checkedBytes(body, fileOf(text, gzip)).getReader();
    const reading = reader.read();
    await asked;
    await reader.cancel("enough");
    assertEquals([await reading, reason], [{ value: undefined, done: true }, "enough"]);
  });
}
