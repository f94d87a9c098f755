import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { sendsStreams } from "../../src/client/platform.ts";
import { wholeBody } from "../../src/client/whole_body.ts";
import { EventoDBError } from "../../src/errors.ts";

const { signal } = new AbortController();

/** Chunks as they are asked for, and whether they were called off. */
function source(chunks: readonly number[]): { stream: ReadableStream<Uint8Array>; left: string[] } {
  const left: string[] = [];
  const rest = [...chunks];
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const size = rest.shift();
      if (size === undefined) controller.close();
      else controller.enqueue(new Uint8Array(size).fill(size % 256));
    },
    cancel: () => void left.push("cancelled"),
  }, { highWaterMark: 0 });
  return { stream, left };
}

Deno.test("wholeBody() holds the bytes of a stream in their order", async () => {
  const sizes = [1, 5_000_000, 0, 2, 5_000_001, 3];
  const blob = await wholeBody(source(sizes).stream, signal);
  const expected = sizes.flatMap((size) => size === 0 ? [] : [[size % 256, size] as const]);
  const bytes = await blob.bytes();
  let at = 0;
  for (const [value, size] of expected) {
    assert(bytes.subarray(at, at += size).every((byte) => byte === value));
  }
  assertEquals(bytes.length, at);
});

Deno.test("wholeBody() takes as many bytes as it may, and lets go of a stream with more", async () => {
  assertEquals((await wholeBody(source([6, 4]).stream, signal, 10)).size, 10);
  const { stream, left } = source([6, 5, 1]);
  const error = await assertRejects(() => wholeBody(stream, signal, 10), EventoDBError);
  assertEquals([error.code, left], ["REQUEST_TOO_LARGE", ["cancelled"]]);
});

Deno.test("wholeBody() ends with the signal's reason while it waits for the stream", async () => {
  const abort = new AbortController();
  const stream = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
  const reason = new Error("enough");
  const reading = assertRejects(() => wholeBody(stream, abort.signal));
  abort.abort(reason);
  assertEquals(await reading, reason);
});

Deno.test("sendsStreams() is true of Deno", () => {
  assert(sendsStreams());
});
