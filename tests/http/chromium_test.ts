import { assertEquals } from "../support/assert.ts";
import { findBrowser, openPage } from "../support/browser.ts";
import { call, rpc, startServer } from "../support/server.ts";

const browser = await findBrowser();

/** What a page tries: to write in each way that a browser has, and to read in each. */
const script = `
const write = (stream) => JSON.stringify(["stream.write", stream, { type: "Owned", data: {} }]);
const post = (url, stream, options) =>
  fetch(url + "/rpc", { method: "POST", body: write(stream), ...options });
async function attempt(what) {
  try { return await what(); } catch (error) { return error.name; }
}
function pokes(url) {
  return new Promise((resolve) => {
    const source = new EventSource(url + "/subscribe?all=true&position=1");
    source.onerror = () => { source.close(); resolve("refused"); };
    source.addEventListener("poke", ({ data }) => {
      source.close();
      resolve(JSON.parse(data).stream);
    });
  });
}
async function tryAll(url) {
  const json = { headers: { "Content-Type": "application/json" } };
  const form = document.body.appendChild(document.createElement("form"));
  const frame = document.createElement("iframe");
  frame.name = "frame-" + new URL(url).port;
  document.body.append(frame);
  Object.assign(form, { method: "POST", enctype: "text/plain", target: frame.name, action: url + "/rpc" });
  const field = form.appendChild(document.createElement("input"));
  // The browser puts a "=" between the two.
  const [before, after] = write("form-1").split("{}");
  Object.assign(field, { name: before + '{"x":"', value: '"}' + after });
  const sent = new Promise((resolve) => frame.onload = resolve);
  form.submit();
  await sent;
  return {
    simple: await attempt(async () => (await post(url, "simple-1")).status),
    asked: await attempt(async () => (await post(url, "asked-1", json)).status),
    opaque: await attempt(async () => (await post(url, "opaque-1", { mode: "no-cors" })).type),
    read: await attempt(async () => (await (await fetch(url + "/export")).text()).length > 0),
    version: await attempt(async () => (await fetch(url + "/version")).status),
    pokes: await pokes(url),
  };
}
const told = {};
for (const [name, url] of Object.entries(servers)) told[name] = await tryAll(url);
await fetch("/told", { method: "POST", body: JSON.stringify(told) });
`;

Deno.test({
  name:
    "a page in a real browser can do nothing to a test-mode server that does not name its origin" +
    (browser.path === null ? `: ${browser.reason}` : ""),
  ignore: browser.path === null,
  async fn() {
    const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
    let urls: Record<string, string> = {};
    await using pages = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        if (request.method === "POST") {
          resolve(await request.json());
          return new Response();
        }
        const html = `<!doctype html><body><script type="module">const servers = ${
          JSON.stringify(urls)
        };${script}</script>`;
        return new Response(html, { headers: { "Content-Type": "text/html" } });
      },
    );
    const origin = `http://127.0.0.1:${pages.addr.port}`;
    await using closed = await startServer({ testMode: true });
    await using open = await startServer({ testMode: true, corsOrigins: [origin] });
    urls = { closed: closed.url, open: open.url };
    await rpc(closed, "stream.write", "secret-1", { type: "Kept", data: {} });

    await using page = await openPage(browser.path!, origin);
    const told = await Promise.race([
      promise,
      page.ended.then((output) => Promise.reject(new Error(output))),
    ]);
    assertEquals(told.closed, {
      simple: "TypeError",
      asked: "TypeError",
      opaque: "opaque",
      read: "TypeError",
      version: "TypeError",
      pokes: "refused",
    });
    assertEquals(told.open, {
      simple: 200,
      asked: 200,
      opaque: "opaque",
      read: true,
      version: 200,
      pokes: "form-1",
    });
    // What is refused is not only hidden from the page: it is not done.
    for (const name of ["form-1", "simple-1", "asked-1", "opaque-1"]) {
      assertEquals((await call(closed, "stream.version", name)).body, null);
    }
    assertEquals((await call(open, "stream.version", "opaque-1")).body, 0);
  },
});
