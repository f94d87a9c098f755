/**
 * JSON text that is to be sent as it is, since values cannot hold everything that JSON can.
 *
 * @module
 */

import { jsonOf } from "./call_checks.ts";

/** JSON text that is sent as it is. Made by {@linkcode rawJson}. */
export class RawJson {
  /** The text. */
  readonly text: string;

  /**
   * Takes the text as it is.
   *
   * @param text Valid JSON; {@linkcode rawJson} checks it.
   */
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Marks a text as JSON, for a payload with integers beyond 2^53, `1.0`, or repeated keys.
 *
 * @param text JSON.
 * @returns What stands for it in a message to be written.
 * @throws {SyntaxError} The text is not JSON.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { EventoDBClient, rawJson } from "@eventodb/cli";
 * import { serve } from "@eventodb/cli/server";
 *
 * await using server = await serve({ port: 0, testMode: true });
 * const client = new EventoDBClient({ url: server.url });
 * await client.streamWrite("account-1", {
 *   type: "Deposited",
 *   data: rawJson('{"cents":9007199254740993}'),
 * });
 * const [message] = await client.streamGet("account-1", { raw: true });
 * assertEquals(message?.data, '{"cents":9007199254740993}');
 * ```
 */
export function rawJson(text: string): RawJson {
  JSON.parse(text);
  return new RawJson(text);
}

/**
 * The JSON text of a value, raw or not.
 *
 * @param value The value.
 * @param what What it is, for the error.
 * @returns Its text.
 * @throws {EventoDBError} `INVALID_REQUEST` for what JSON does not have.
 */
export function jsonText(value: object | null, what: string): string {
  return value instanceof RawJson ? value.text : jsonOf(value, what);
}
