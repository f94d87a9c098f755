/**
 * A position that is kept in the event store itself, for a consumer without a database.
 *
 * @module
 */

import type { EventoDBClient } from "../client/client.ts";
import { EventoDBError } from "../errors.ts";
import { nameProblem } from "../names.ts";
import { categoryOf } from "../stream_name.ts";
import type { PositionStore } from "./position_store.ts";

/**
 * Keeps a position in a stream, as Eventide does: the last message of
 * `someCategory:position-someConsumer` holds it. Each member of a consumer group needs a stream of its
 * own.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createHandler, EventoDBClient, openStore, StreamPositionStore } from "@eventodb/cli";
 *
 * await using store = await openStore("sqlite://memory");
 * await using handler = createHandler({ store, testMode: true });
 * const client = new EventoDBClient({ url: "http://in-process", fetch: handler });
 *
 * const positions = new StreamPositionStore(client, "workflow:position-billing");
 * assertEquals(await positions.load(), null);
 * await positions.save(89);
 * assertEquals(await positions.load(), 89);
 * ```
 */
export class StreamPositionStore implements PositionStore {
  /** The category of the stream that holds the position. */
  readonly category: string;
  readonly #client: EventoDBClient;
  readonly #stream: string;

  /**
   * Nothing is sent yet.
   *
   * @param client Where the stream is.
   * @param stream The stream's name, such as `workflow:position-billing`.
   * @throws {EventoDBError} `INVALID_REQUEST` when no stream can have that name.
   */
  constructor(client: EventoDBClient, stream: string) {
    const problem = nameProblem(stream);
    if (problem !== null) {
      throw new EventoDBError(
        "INVALID_REQUEST",
        `Cannot keep a position: the stream's name ${problem}`,
      );
    }
    this.category = categoryOf(stream);
    this.#client = client;
    this.#stream = stream;
  }

  /**
   * Reads the last position.
   *
   * @returns The position; `null` before the first.
   * @throws {EventoDBError} `INVALID_REQUEST` when the stream holds something else.
   */
  async load(): Promise<number | null> {
    const last = await this.#client.streamLast(this.#stream);
    if (last === null) return null;
    const position = last.data?.position;
    if (typeof position === "number" && Number.isSafeInteger(position)) return position;
    throw new EventoDBError(
      "INVALID_REQUEST",
      `Cannot read a position from ${JSON.stringify(this.#stream)}: its last message, a ` +
        `${JSON.stringify(last.type)} at ${last.position}, has none in its data`,
    );
  }

  /**
   * Writes a position.
   *
   * @param position The global position of the last message that was handled.
   */
  async save(position: number): Promise<void> {
    await this.#client.streamWrite(this.#stream, { type: "Recorded", data: { position } });
  }
}
