/**
 * HTTP by hand, for what `fetch` would tidy up: half-sent bodies, odd bytes, readers that do not
 * read.
 *
 * @module
 */

import type { TestServer } from "./server.ts";

const encoder = new TextEncoder();

/** A connection on which every byte is up to the test. */
export class RawConnection implements Disposable {
  readonly #connection: Deno.TcpConn;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects to a server. */
  static async open({ port }: Pick<TestServer, "port">): Promise<RawConnection> {
    return new RawConnection(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Sends text or bytes. */
  async send(data: string | Uint8Array): Promise<void> {
    let rest = typeof data === "string" ? encoder.encode(data) : data;
    while (rest.length > 0) rest = rest.subarray(await this.#connection.write(rest));
  }

  /** Sends the head of a request whose body comes in chunks. */
  sendHead(server: Pick<TestServer, "token">, path: string, ...headers: string[]): Promise<void> {
    return this.send([
      `POST ${path} HTTP/1.1`,
      "Host: test",
      `Authorization: Bearer ${server.token}`,
      "Transfer-Encoding: chunked",
      ...headers,
      "\r\n",
    ].join("\r\n"));
  }

  /** Sends a chunk of a chunked body; an empty one ends it. */
  async sendChunk(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    await this.send(`${bytes.length.toString(16)}\r\n`);
    await this.send(bytes);
    await this.send("\r\n");
  }

  /** Reads until the text received so far satisfies a condition, or the server closes. */
  async readUntil(found: (text: string) => boolean): Promise<string> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(64 * 1024);
    let text = "";
    while (!found(text)) {
      const count = await this.#connection.read(buffer);
      if (count === null) break;
      text += decoder.decode(buffer.subarray(0, count), { stream: true });
    }
    return text;
  }

  /** Closes it without another word. */
  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
