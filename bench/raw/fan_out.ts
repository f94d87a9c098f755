/**
 * A bare fan-out: event streams that get what is posted, and nothing else.
 *
 * @module
 */

const readers = new Set<ReadableStreamDefaultController<Uint8Array>>();
const ready = new TextEncoder().encode(": ready\n\n");

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.error(`http://127.0.0.1:${port}`),
}, async (request) => {
  if (request.method === "POST") {
    const bytes = await request.bytes();
    for (const reader of readers) reader.enqueue(bytes);
    return new Response("{}");
  }
  let own: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      readers.add(own = controller);
      controller.enqueue(ready);
    },
    cancel: () => void readers.delete(own),
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
});
