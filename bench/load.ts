/**
 * A load of HTTP requests, from a process of its own: some connections, on each one request after
 * another. It speaks HTTP/1.1 over sockets by itself, since `fetch` takes longer over a request than
 * the server does, and would be what is measured.
 *
 * @module
 */

import process from "node:process";
import { percentile } from "./bench.ts";
import { readInput, runProgram } from "./processes.ts";

/** What to send. */
export interface Load {
  /** Where to. */
  url: string;
  /** The token. */
  token: string;
  /** How many connections. */
  connections: number;
  /** How long, in seconds. */
  seconds: number;
  /** The bodies of `POST /rpc`, taken in turn. */
  bodies: readonly string[];
}

/** What came back. */
export interface LoadResult {
  /** Responses with status 200. */
  requests: number;
  /** The time from the first request to the last response, in milliseconds. */
  ms: number;
  /** Bytes of all responses. */
  bytes: number;
  /** Half of the responses came within so many milliseconds, and 99 of 100. */
  p50: number;
  p99: number;
  /** The share of a core that the load itself took. */
  cpu: number;
}

/** Sends a load. @throws {Error} A response had another status than 200. */
export async function sendLoad(load: Load): Promise<LoadResult> {
  return (await runProgram<LoadResult>("load.ts", load)).result;
}

async function run(load: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(load.url);
  const encoder = new TextEncoder();
  const requests = load.bodies.map((body) => {
    const bytes = encoder.encode(body).length;
    return encoder.encode(
      `POST /rpc HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${load.token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n${body}`,
    );
  });
  const took: number[] = [];
  let bytes = 0;
  let sent = 0;
  const start = performance.now();
  const cpuStart = cpuMs();
  const end = start + load.seconds * 1_000;
  await Promise.all(Array.from({ length: load.connections }, async () => {
    using connection = await Deno.connect({ hostname, port: Number(port) });
    connection.setNoDelay(true);
    const responses = new Responses(connection);
    for (let begun = performance.now(); begun < end;) {
      await connection.write(requests[sent++ % requests.length]!);
      const responseBytes = await responses.next();
      bytes += responseBytes;
      const now = performance.now();
      took.push(now - begun);
      begun = now;
    }
  }));
  const ms = performance.now() - start;
  const cpu = (cpuMs() - cpuStart) / ms;
  return {
    requests: took.length,
    ms,
    bytes,
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
    cpu,
  };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The responses on a connection. */
class Responses {
  readonly #connection: Deno.Conn;
  #buffer = new Uint8Array(64 * 1024);
  #filled = 0;

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /** Reads the next response. @returns Its bytes. */
  async next(): Promise<number> {
    let head = -1;
    while (head < 0) {
      await this.#fill();
      head = this.#endOfHead();
    }
    const header = String.fromCharCode(...this.#buffer.subarray(0, head));
    if (!header.startsWith("HTTP/1.1 200")) throw new Error(`The response was ${header}`);
    const length = /content-length: (\d+)/i.exec(header)?.[1];
    if (length === undefined) {
      throw new Error("The load takes only responses that say their length");
    }
    const whole = head + Number(length);
    // What is beyond the buffer is let go.
    let read = this.#filled;
    while (read < whole) {
      this.#filled = 0;
      read += await this.#fill();
    }
    this.#filled = 0;
    return whole;
  }

  async #fill(): Promise<number> {
    const read = await this.#connection.read(this.#buffer.subarray(this.#filled));
    if (read === null) throw new Error("The server closed the connection");
    this.#filled += read;
    return read;
  }

  /** Index after the empty line that ends the head. */
  #endOfHead(): number {
    const buffer = this.#buffer;
    for (let at = 3; at < this.#filled; at++) {
      if (buffer[at] === 10 && buffer[at - 2] === 10) return at + 1;
    }
    return -1;
  }
}

if (import.meta.main) console.log(JSON.stringify(await run(await readInput<Load>())));
