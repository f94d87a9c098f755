/**
 * A server that does nothing: it reads the body and responds as to a write.
 *
 * @module
 */

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.error(`listening on http://127.0.0.1:${port}`),
}, async (request) => {
  await request.arrayBuffer();
  return new Response('{"position":0,"globalPosition":1}', {
    headers: { "Content-Type": "application/json" },
  });
});
