/**
 * COPY: rows into a table as one stream, as fast as Postgres takes them.
 *
 * @module
 */

import { correlationCategory } from "../../correlation.ts";
import { type CopyStreamQuery, from } from "../../../deps/pg_copy_streams.ts";
import type { Message } from "../../../message.ts";
import type { Session } from "../connection/session.ts";
import { LOADED_COLUMNS } from "../schema.ts";

/** One COPY. While it runs, nothing else can be asked of its connection. */
export class Copy {
  readonly #stream: CopyStreamQuery;
  readonly #failure: Promise<never>;
  #isOver = false;

  constructor(session: Session, table: string) {
    this.#stream = session.client.query(from(`COPY ${table} (${LOADED_COLUMNS}) FROM STDIN`));
    this.#failure = new Promise((_, reject) => {
      this.#stream.on("error", (error) => {
        this.#isOver = true;
        reject(error);
      });
    });
    // It may fail between two calls; the next one throws.
    this.#failure.catch(() => {});
  }

  /** Sends rows; resolves when the connection takes more. It also throws what is wrong with earlier rows. */
  async write(messages: readonly Message[]): Promise<void> {
    await this.#taken((stream, done) => {
      stream.write(new TextEncoder().encode(messages.map(encodeRow).join("")), done);
    });
  }

  /** Ends it, once all rows are in the table. @throws As `write`. */
  async finish(): Promise<void> {
    await this.#taken((stream, done) => void stream.end(done));
    this.#isOver = true;
  }

  /** Gives it up: none of its rows stay. */
  async abort(): Promise<void> {
    if (this.#isOver) return;
    const closed = new Promise<void>((resolve) => this.#stream.once("close", () => resolve()));
    this.#stream.destroy(new Error("the import was aborted"));
    await closed;
  }

  /** Gives the stream something, and resolves when it has taken it. @throws Whatever stops the COPY first. */
  async #taken(
    give: (stream: CopyStreamQuery, done: (error?: Error | null) => void) => void,
  ): Promise<void> {
    // Without a connection, the stream would say nothing but that.
    if (this.#isOver) await this.#failure;
    const taken = new Promise<void>((resolve) => {
      // Of a stream that is given up, an error says no more than that: the failure follows, and says why.
      give(this.#stream, (error) => error ? undefined : resolve());
    });
    await Promise.race([taken, this.#failure]);
  }
}

/** A row in COPY's text format: tabs between the fields, `\N` for NULL. */
export function encodeRow(message: Message): string {
  const { id, stream, type, position, globalPosition, data, metadata, time } = message;
  const correlation = correlationCategory(metadata);
  return `${escape(id)}\t${escape(stream)}\t${escape(type)}\t${position}\t${globalPosition}\t` +
    `${escape(data)}\t${metadata === null ? "\\N" : escape(metadata)}\t${time}\t` +
    `${correlation === null ? "\\N" : escape(correlation)}\n`;
}

const special = /[\\\t\n\r]/;
const specials = /[\\\t\n\r]/g;
const escapes: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function escape(text: string): string {
  return special.test(text) ? text.replace(specials, (char) => escapes[char] ?? char) : text;
}
