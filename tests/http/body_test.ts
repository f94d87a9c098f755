import { ByteReader, sameBuffer } from "../../src/byte_reader.ts";
import { EventoDBError } from "../../src/errors.ts";
import { guardedBody } from "../../src/http/body.ts";
import { Exchange } from "../../src/http/request_context.ts";
import { RunningRequests } from "../../src/http/running_requests.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { bodyOf } from "../support/bodies.ts";

function guarded(body: ReadableStream<Uint8Array>, stallMs = 60_000, signal?: AbortSignal) {
  const request = new Request("http://localhost/import", { method: "POST", body });
  const nobody = () => Promise.reject(new Error("Nobody asks who calls"));
  const exchange = new Exchange(request, nobody, new RunningRequests(), () => {});
  return guardedBody(exchange, { stallMs, signal });
}

/** Reads all of it into the same room. */
async function readInto(stream: ReadableStream<Uint8Array>, roomBytes: number) {
  const reader = new ByteReader(stream);
  let room = new Uint8Array(roomBytes);
  const bytes: number[] = [];
  for (;;) {
    const { value, done } = await reader.read(room);
    if (done) return bytes;
    bytes.push(...value);
    room = sameBuffer(room, value);
    assertEquals(room.length, roomBytes);
  }
}

Deno.test("guardedBody() hands on all chunks of a body, and takes nobody's memory away", async () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
  const chunks = () =>
    [[0, 50], [50, 50], [50, 51], [51, 100]].map(([a, b]) => bytes.subarray(a, b));
  for (const roomBytes of [7, 1000]) {
    assertEquals(await readInto(guarded(bodyOf(chunks()).body), roomBytes), [...bytes]);
  }
  const plain = await Array.fromAsync(guarded(bodyOf(chunks()).body));
  assertEquals(plain.flatMap((chunk) => [...chunk]), [...bytes]);
  assertEquals(bytes.length, 100);
});

Deno.test("guardedBody() fills the memory that it is given from a body of bytes", async () => {
  let next = 0;
  const rooms = new Set<number>();
  const body = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const { view } = controller.byobRequest!;
      rooms.add(view!.byteLength);
      if (next === 10) {
        controller.close();
        return controller.byobRequest!.respond(0);
      }
      new Uint8Array(view!.buffer, view!.byteOffset, 1)[0] = next++;
      controller.byobRequest!.respond(1);
    },
  });
  const request = { body, method: "POST", url: "http://localhost/import" } as Request;
  const exchange = new Exchange(request, () => Promise.reject(), new RunningRequests(), () => {});
  const read = await readInto(guardedBody(exchange, { stallMs: 60_000 }), 33);
  assertEquals(read, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals([...rooms], [33]);
});

Deno.test("guardedBody() gives up a body that stops, and cancels it", async () => {
  const { promise: never } = Promise.withResolvers<void>();
  const { promise: cancelled, resolve } = Promise.withResolvers<unknown>();
  let chunks = 2;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => chunks-- > 0 ? controller.enqueue(new Uint8Array(1)) : never,
    cancel: resolve,
  }, { highWaterMark: 0 });
  const error = await assertRejects(() => Array.fromAsync(guarded(body, 20)), EventoDBError);
  assertEquals(error.status, 408);
  assertStringIncludes(error.message, "nothing for 0.02 s");
  assert(await cancelled === error);
});

Deno.test("guardedBody() counts no time in which nobody asks for more", async () => {
  const reader = guarded(bodyOf(["a", "b"]).body, 10).getReader();
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assertEquals((await reader.read()).value?.length, 1);
  assert((await reader.read()).done);
});

Deno.test("guardedBody() fails with its signal's reason, also while it waits", async () => {
  const abort = new AbortController();
  const reason = new Error("enough");
  const reading = guarded(new ReadableStream(), 60_000, abort.signal).getReader().read();
  abort.abort(reason);
  assert(await assertRejects(() => reading, Error) === reason);
  const late = guarded(bodyOf(["a"]).body, 60_000, abort.signal).getReader().read();
  assert(await assertRejects(() => late, Error) === reason);
});
