/**
 * A KV Connect server for tests: the protocol that a remote Deno KV is reached by, over entries in
 * memory. https://github.com/denoland/denokv/blob/main/proto/kv-connect.md
 *
 * @module
 */

import { type Change, type Check, Entries, type Range } from "./entries.ts";
import { bytesOf, fieldsOf, messageOf, MessageWriter, numberOf } from "./protobuf.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The access token of every server here. */
export const accessToken = "a-token-for-tests";

/** Most ranges of one read, most entries of all of them, most changes and checks of one write. */
const limits = { ranges: 10, entries: 1_000, changes: 1_000, checks: 100 };

/** The status of a write. */
const SUCCESS = 1;
const CHECK_FAILED = 2;

/** A server that runs. */
export class KvConnectServer implements AsyncDisposable {
  /** Where it is, as `openStore` wants it without its `kv+`. */
  readonly url: string;
  /** How many requests of each kind there were. */
  readonly requests: Record<string, number> = {};
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #entries = new Entries();

  /** Starts one. */
  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#answer(request),
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    if (request.headers.get("Authorization") !== `Bearer ${accessToken}`) {
      return new Response("Invalid access token.", { status: 401 });
    }
    const method = new URL(request.url).pathname.slice(1);
    this.requests[method] = (this.requests[method] ?? 0) + 1;
    switch (method) {
      case "":
        return Response.json({
          version: 2,
          databaseId: "00000000-0000-0000-0000-000000000000",
          endpoints: [{ url: "/v2", consistency: "strong" }],
          token: accessToken,
          expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
        });
      case "v2/snapshot_read":
        return reply(this.#read(await request.bytes()));
      case "v2/atomic_write":
        return reply(this.#write(await request.bytes()));
      default:
        return new Response("Resource not found.", { status: 404 });
    }
  }

  #read(body: Bytes): Bytes | undefined {
    const ranges = [...fieldsOf(body)].map(([, range]) => rangeOf(range as Bytes));
    const wanted = ranges.reduce((sum, { limit }) => sum + limit, 0);
    if (ranges.length > limits.ranges || wanted > limits.entries) return undefined;
    const output = new MessageWriter();
    for (const range of ranges) {
      const found = new MessageWriter();
      for (const { key, value, encoding, versionstamp } of this.#entries.read(range)) {
        const entry = new MessageWriter().bytes(1, key).bytes(2, value).number(3, encoding);
        found.bytes(1, entry.bytes(4, versionstamp).finish());
      }
      output.bytes(1, found.finish());
    }
    return output.number(4, 1).number(8, SUCCESS).finish();
  }

  #write(body: Bytes): Bytes | undefined {
    const checks: Check[] = [];
    const changes: Change[] = [];
    for (const [field, value] of fieldsOf(body)) {
      const message = messageOf(value as Bytes);
      const key = bytesOf(message, 1);
      if (field === 1) checks.push({ key, versionstamp: bytesOf(message, 2) });
      else if (field === 2) {
        const inner = messageOf(bytesOf(message, 2));
        changes.push({
          key,
          type: numberOf(message, 3),
          value: bytesOf(inner, 1),
          encoding: numberOf(inner, 2),
        });
      }
    }
    if (checks.length > limits.checks || changes.length > limits.changes) return undefined;
    const versionstamp = this.#entries.write(checks, changes);
    const output = new MessageWriter();
    return versionstamp === undefined
      ? output.number(1, CHECK_FAILED).finish()
      : output.number(1, SUCCESS).bytes(2, versionstamp).finish();
  }
}

function rangeOf(bytes: Bytes): Range {
  const message = messageOf(bytes);
  return {
    start: bytesOf(message, 1),
    end: bytesOf(message, 2),
    limit: numberOf(message, 3),
    reverse: numberOf(message, 4) === 1,
  };
}

function reply(message: Bytes | undefined): Response {
  return message === undefined
    ? new Response("A limit is exceeded.", { status: 400 })
    : new Response(message, { headers: { "Content-Type": "application/x-protobuf" } });
}
