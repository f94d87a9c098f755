/**
 * Runs the configurations of proxies that docs/operating.md shows, word for word but for addresses, ports
 * and the paths of certificates.
 */

import { createHash } from "node:crypto";
import { EventoDBClient, EventoDBError } from "../../mod.ts";
import { runCli } from "../support/cli.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { importMessages, linesStream } from "../support/history.ts";
import {
  installed,
  startHaproxy,
  startNginx,
  type TestProxy,
  tlsFiles,
} from "../support/proxies.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { checkout } from "./documents.ts";

const page = Deno.readTextFileSync(`${checkout}docs/operating.md`);

/** The only block of a language on the page. */
function block(language: string): string {
  const found = [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))];
  assertEquals(found.length, 1, `docs/operating.md has one block of ${language}`);
  return found[0]![1]!;
}

/** Replaces what is in a text once, and is another thing in a test than for a reader. */
function replaced(text: string, shown: string, real: string): string {
  assertEquals(text.split(shown).length, 2, `"${shown}" is there once`);
  return text.replace(shown, real);
}

/** The `location` of the page, in a server without TLS and in one with the `listen` of the page. */
function nginx(server: TestServer): Promise<TestProxy> {
  const location = replaced(block("nginx"), "127.0.0.1:8080", `127.0.0.1:${server.port}`);
  const listen = /`(listen 443 [^`]+;)`/.exec(page)?.[1] ?? "";
  const [, path, rewrite] = /`location (\/\w+\/)`[^`]*`(rewrite [^`]+;)`/.exec(page)!;
  const below = replaced(location, "location / {", `location ${path} {\n${rewrite}`);
  return startNginx(
    ([plain, tls]) => `
      server {
        listen 127.0.0.1:${plain};
        ${location}
        ${below}
      }
      server {
        ${replaced(listen, "443", `127.0.0.1:${tls}`)}
        ssl_certificate ${tlsFiles.certificate};
        ssl_certificate_key ${tlsFiles.key};
        ${location}
      }`,
    2,
  );
}

function haproxy(server: TestServer): Promise<TestProxy> {
  return startHaproxy(([tls], folder) => {
    const pem = `${folder}/eventodb.pem`;
    const files = [tlsFiles.certificate, tlsFiles.key];
    Deno.writeTextFileSync(pem, files.map((path) => Deno.readTextFileSync(path)).join(""));
    const changes = [
      ["127.0.0.1:8080", `127.0.0.1:${server.port}`],
      [":443", `127.0.0.1:${tls}`],
      ["/etc/haproxy/eventodb.pem", pem],
    ] as const;
    return changes.reduce((text, [shown, real]) => replaced(text, shown, real), block("haproxy"));
  }, 1);
}

/** A client on the other side of a proxy. */
interface Way {
  name: string;
  url: (proxy: TestProxy) => string;
  http: Deno.CreateHttpClientOptions;
}

const caCerts = [Deno.readTextFileSync(tlsFiles.certificate)];
const plainHttp1: Way = {
  name: "HTTP/1.1 without TLS",
  url: ({ ports }) => `http://127.0.0.1:${ports[0]}`,
  http: { http1: true, http2: false },
};
const tls = (http2: boolean): Way => ({
  name: `${http2 ? "HTTP/2" : "HTTP/1.1"} with TLS`,
  url: ({ ports }) => `https://localhost:${ports.at(-1)}`,
  http: { http1: !http2, http2, caCerts },
});

const recipes = [
  { program: "nginx", start: nginx, ways: [plainHttp1, tls(true)] },
  { program: "haproxy", start: haproxy, ways: [tls(true), tls(false)] },
];

/** An export's size and hash. */
async function exported(url: string, token: string, client?: Deno.HttpClient) {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/export`, { headers, client });
  assertEquals(response.status, 200);
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of response.body!) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, hash: hash.digest("hex") };
}

/** 100 MB of lines. */
const lines = { count: 25_000, textChars: 4_000 };

for (const { program, start, ways } of recipes) {
  const ignore = installed(program) === undefined;
  const skipped = ignore ? ` (not run: ${program} is not installed)` : "";

  Deno.test({
    name:
      `the configuration for ${program} in docs/operating.md carries every kind of request${skipped}`,
    ignore,
    async fn(t) {
      await using server = await startServer();
      await using proxy = await start(server);
      let expected: Awaited<ReturnType<typeof exported>> | undefined;
      for (const { name, url, http } of ways) {
        using httpClient = Deno.createHttpClient(http);
        const through = (token: string) =>
          new EventoDBClient({
            url: url(proxy),
            token,
            retries: 0,
            fetch: (request) => fetch(request, { client: httpClient }),
          });
        const client = through(server.token);
        const direct = new EventoDBClient({ url: server.url, token: server.token });

        await t.step(`${name}: 100 MB go up, with progress meanwhile`, async () => {
          let progress = 0;
          const { imported } = await client.upload(
            linesStream(lines.count, lines.textChars),
            { force: true, onProgress: () => progress++ },
          );
          assertEquals(imported, lines.count);
          assert(progress > 0, "it says how far it is");
        });

        await t.step(`${name}: a line that is wrong ends an upload at once`, async () => {
          const before = new TextEncoder().encode("{}\n");
          const rest = linesStream(lines.count, lines.textChars);
          const body = ReadableStream.from((async function* () {
            yield before;
            yield* rest;
          })());
          const { code, line } = await assertRejects(() => client.upload(body), EventoDBError);
          assertEquals([code, line], ["INVALID_RECORD", 1]);
        });

        await t.step(`${name}: a wrong token ends an upload with its own error`, async () => {
          const wrong = through(server.token.replace(/.$/, (digit) => digit === "0" ? "1" : "0"));
          const body = linesStream(lines.count, lines.textChars);
          const { code } = await assertRejects(() => wrong.upload(body), EventoDBError);
          // HAProxy says so too, but over HTTP/1.1 it closes a connection on which bytes still come.
          if (program === "haproxy" && !http.http2 && code === "CONNECTION_FAILED") return;
          assertEquals(code, "AUTH_UNAUTHORIZED");
        });

        await t.step(`${name}: an export is the same bytes as without it`, async () => {
          const received = await exported(url(proxy), server.token, httpClient);
          assert(received.bytes > 100_000_000, `${received.bytes} bytes`);
          expected ??= await exported(server.url, server.token);
          assertEquals(received, expected);
        });

        await t.step(`${name}: writes and reads`, async () => {
          const stream = `account-${crypto.randomUUID()}`;
          const large = "x".repeat(1024 * 1024);
          const written = await client.streamWrite(stream, { type: "Opened", data: { large } });
          const [message] = await client.streamGet(stream);
          assertEquals([message!.globalPosition, message!.data?.large], [
            written.globalPosition,
            large,
          ]);
        });

        await t.step(`${name}: the server's own pages may call, others may not`, async () => {
          const statuses = await Promise.all(
            [url(proxy), "https://elsewhere.example"].map(async (origin) => {
              const headers = { Authorization: `Bearer ${server.token}`, Origin: origin };
              const body = JSON.stringify(["sys.version"]);
              const init = { method: "POST", headers, body, client: httpClient };
              const response = await fetch(`${url(proxy)}/rpc`, init);
              await response.body?.cancel();
              return response.status;
            }),
          );
          assertEquals(statuses, [200, 403]);
        });

        await t.step(`${name}: the page and its files come as they are`, async () => {
          const bases = program === "nginx" && !url(proxy).startsWith("https")
            ? ["", "/events"]
            : [""];
          for (const base of bases) {
            const get = (path: string, headers = {}) =>
              fetch(new URL(path, `${url(proxy)}${base}/ui`), { client: httpClient, headers });
            const document = await get("ui");
            assertEquals([document.status, document.headers.get("x-frame-options")], [200, "DENY"]);
            const paths = [...(await document.text()).matchAll(/(?:href|src)="([^"]+)"/g)];
            assertEquals(paths.length, 3);
            for (const [, path] of paths) {
              const file = await get(path!);
              const direct = await fetch(`${server.url}/${path}`);
              assertEquals(await file.bytes(), await direct.bytes());
              const known = await get(path!, { "If-None-Match": file.headers.get("etag") });
              assertEquals(known.status, 304);
            }
            const tidied = await get("ui/");
            assertEquals(tidied.url, `${url(proxy)}${base}/ui`);
            await tidied.body?.cancel();
          }
        });

        await t.step(
          `${name}: a subscription hears at once, and ends when it is left`,
          async () => {
            const category = `c${crypto.randomUUID().replaceAll("-", "")}`;
            const heard: string[] = [];
            await direct.streamWrite(`${category}-1`, { type: "Opened", data: {} });
            for await (const { stream } of client.subscribeToCategory(category)) {
              heard.push(stream);
              if (heard.length === 5) break;
              await direct.streamWrite(`${category}-${heard.length + 1}`, {
                type: "Opened",
                data: {},
              });
            }
            assertEquals(heard, [1, 2, 3, 4, 5].map((n) => `${category}-${n}`));
          },
        );
      }
    },
  });

  Deno.test({
    name:
      `eventodb works through the configuration for ${program} with TLS, given DENO_CERT${skipped}`,
    ignore,
    async fn() {
      await using server = await startServer();
      await using proxy = await start(server);
      await importMessages(server, 1_000);
      const connection = ["--url", tls(true).url(proxy), "--token", server.token];
      const trusted = { env: { DENO_CERT: tlsFiles.certificate } };
      const exported = await runCli(["export", ...connection, "--all"], trusted);
      assertEquals([exported.status, exported.stdout.split("\n").length], [0, 1_001]);
      const imported = await runCli(
        ["import", ...connection, "--force", "--yes"],
        { ...trusted, stdin: exported.stdout },
      );
      assertEquals(imported.status, 0, imported.stderr);
      assertMatch(imported.stderr, /1,000 events imported/);
    },
  });
}
