/**
 * JSON responses: small ones in one go, large ones as the reader takes them.
 *
 * @module
 */

import type { JsonText } from "../rpc/method.ts";
import type { Exchange } from "./request_context.ts";
import { sendText } from "./send.ts";

const headers = { "Content-Type": "application/json" };

/**
 * Responds with JSON text. Text that comes in one part goes out whole, with its length. What comes in
 * several goes out part by part; a failure among them breaks the connection off, so that a cut
 * response never looks complete.
 *
 * @param exchange The request.
 * @param stallMs How long the reader may take nothing, in milliseconds.
 * @returns The response, once it is known to begin well: what fails before that is thrown.
 */
export async function jsonResponse(
  exchange: Exchange,
  text: JsonText,
  stallMs: number,
): Promise<Response> {
  if (typeof text === "string") return new Response(text, { headers });
  const parts = text[Symbol.asyncIterator]();
  const first = await parts.next();
  if (first.done) return new Response("", { headers });
  const second = await parts.next();
  if (second.done) return new Response(first.value, { headers });
  const body = sendText(parts, {
    ready: [first.value, second.value],
    stallMs,
    signal: exchange.signal,
    onEnd: exchange.keepOpen(),
  });
  return new Response(body, { headers });
}
