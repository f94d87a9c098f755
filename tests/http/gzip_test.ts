import { gzipSync } from "node:zlib";
import { EventoDBError } from "../../src/errors.ts";
import { gunzip } from "../../src/gzip.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";

const text = Array.from({ length: 5000 }, (_, i) => `line ${i * 7919 % 5000}\n`).join("");

function streamOf(bytes: Uint8Array, chunkBytes = 1000): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at += chunkBytes));
    },
  });
}

function textOf(bytes: Uint8Array): Promise<string> {
  return new Response(gunzip(streamOf(bytes))).text();
}

Deno.test("gunzip() decompresses files of one member and of several", async () => {
  const member = gzipSync(text);
  assertEquals(await textOf(member), text);
  assertEquals(await textOf(new Uint8Array([...member, ...member])), text + text);
});

Deno.test("gunzip() refuses data that is cut short, damaged or no gzip data", async () => {
  const member = gzipSync(text);
  const damaged = new Uint8Array(member);
  damaged.fill(0xff, 100, 200);
  await assertRejects(
    () => textOf(member.subarray(0, member.length - 20)),
    EventoDBError,
    "is cut short",
  );
  await assertRejects(() => textOf(damaged), EventoDBError, "is damaged");
  await assertRejects(() => textOf(new TextEncoder().encode(text)), EventoDBError, "is not gzip");
});

Deno.test("gunzip() hands on what fails in reading", async () => {
  const reason = new Error("gone");
  const body = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(reason) });
  assertEquals(await new Response(gunzip(body)).text().catch((error) => error), reason);
});

Deno.test("gunzip() survives a reader that leaves while there is more to come", async () => {
  const bytes = gzipSync(text.repeat(200));
  for (let reads = 0; reads < 20; reads++) {
    const reader = gunzip(streamOf(bytes, 64 * 1024)).getReader();
    for (let n = 0; n < reads; n++) assertEquals((await reader.read()).done, false);
    await reader.cancel("seen enough");
    assertEquals((await reader.read()).done, true);
  }
});

Deno.test("gunzip() lets go of a body that keeps it waiting", async () => {
  let left: unknown;
  const body = new ReadableStream<Uint8Array>({
    pull: () => new Promise(() => {}),
    cancel: (reason) => void (left = reason),
  });
  const reader = gunzip(body).getReader();
  const reading = reader.read();
  await reader.cancel("seen enough");
  assertEquals([(await reading).done, left], [true, "seen enough"]);
});
