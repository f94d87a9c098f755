/**
 * Subscribers in a process of their own, and how long after a write their pokes have come. They speak
 * HTTP over sockets by themselves, since a thousand calls of `fetch` would be what is measured.
 *
 * @module
 */

import { readInput, runProgram } from "./processes.ts";

/** Whom to let subscribe, and what to write. */
export interface PokeLoad {
  /** The server. */
  url: string;
  /** The token. */
  token: string;
  /** How many subscribers. */
  subscribers: number;
  /** The path that a subscriber asks for; `%N` stands for its number. */
  subscribePath: string;
  /** How many writes, one after another. */
  writes: number;
  /** The path and the body of a write; `%N` stands for the number of the subscriber it is for. */
  writePath: string;
  /** The body of a write. */
  body: string;
  /** How many subscribers each write concerns: one, in turn, or all. */
  concerns: "one" | "all";
}

/** How long each poke took, from the moment in which the write was sent, in milliseconds. */
export interface PokeTimes {
  /** One for each write and subscriber that it concerned. */
  tookMs: number[];
}

/** Runs it. @throws {Error} A connection was closed, or a write was refused. */
export async function measurePokes(load: PokeLoad): Promise<PokeTimes> {
  return (await runProgram<PokeTimes>("subscribe.ts", load)).result;
}

/** Writes that are not counted: what has to be compiled first is. */
const warmUpWrites = 20;

const encoder = new TextEncoder();

async function run(load: PokeLoad): Promise<PokeTimes> {
  const { hostname, port } = new URL(load.url);
  const connect = () => Deno.connect({ hostname, port: Number(port) });
  const request = (method: string, path: string, body = "") =>
    encoder.encode(
      `${method} ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n` +
        `Authorization: Bearer ${load.token}\r\nContent-Length: ${
          encoder.encode(body).length
        }\r\n\r\n${body}`,
    );
  const subscribers: Subscriber[] = [];
  for (let n = 0; n < load.subscribers; n++) {
    const connection = await connect();
    await connection.write(request("GET", load.subscribePath.replace("%N", String(n))));
    const subscriber = new Subscriber(connection);
    await subscriber.ready;
    subscribers.push(subscriber);
  }
  using writer = await connect();
  writer.setNoDelay(true);
  const buffer = new Uint8Array(64 * 1024);
  const tookMs: number[] = [];
  for (let n = 0; n < warmUpWrites + load.writes; n++) {
    const target = n % subscribers.length;
    const concerned = load.concerns === "all" ? subscribers : [subscribers[target]!];
    const pokes = concerned.map((subscriber) => subscriber.next());
    const body = load.body.replace("%N", String(target));
    const start = performance.now();
    await writer.write(request("POST", load.writePath, body));
    const response = new TextDecoder().decode(buffer.subarray(0, await writer.read(buffer) ?? 0));
    if (!response.startsWith("HTTP/1.1 200")) {
      throw new Error(`The response to a write was ${response}`);
    }
    const arrived = await Promise.all(pokes);
    if (n >= warmUpWrites) tookMs.push(...arrived.map((at) => at - start));
  }
  for (const subscriber of subscribers) subscriber.close();
  return { tookMs };
}

/** One subscriber. */
class Subscriber {
  /** Resolves when it is told that it will miss nothing. */
  readonly ready: Promise<void>;
  readonly #connection: Deno.TcpConn;
  #waiting: ((at: number) => void) | undefined;

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#read(resolve).catch(() => {});
  }

  /** Resolves at the next poke, to when it came. */
  next(): Promise<number> {
    return new Promise((resolve) => this.#waiting = resolve);
  }

  close(): void {
    this.#connection.close();
  }

  async #read(ready: () => void): Promise<void> {
    const buffer = new Uint8Array(4 * 1024);
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const count = await this.#connection.read(buffer);
      const at = performance.now();
      if (count === null) return;
      text += decoder.decode(buffer.subarray(0, count), { stream: true });
      if (text.includes(": ready\n\n")) {
        text = "";
        ready();
      }
      if (!/event: poke\n[^]*\n\n/.test(text)) continue;
      text = "";
      this.#waiting?.(at);
    }
  }
}

if (import.meta.main) console.log(JSON.stringify(await run(await readInput<PokeLoad>())));
