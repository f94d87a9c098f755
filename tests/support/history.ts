/**
 * Imports made for tests: NDJSON lines, and a way to send them.
 *
 * @module
 */

import { assertEquals } from "./assert.ts";
import type { TestServer } from "./server.ts";

/** A UUID that tells its number. */
export function uuidOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
}

/** The line of message `n` (from 1) of the stream `load-1`, with some fields changed. */
export function lineOf(n: number, changed: Record<string, unknown> = {}): string {
  const record = {
    id: uuidOf(n),
    stream: "load-1",
    type: "Loaded",
    pos: n - 1,
    gpos: n,
    data: { n },
    meta: null,
    time: "2025-07-15T10:00:00.123456789Z",
    ...changed,
  };
  return `${JSON.stringify(record)}\n`;
}

/** Lines, sent as somebody reads them. */
export function linesStream(count: number, textChars = 0): ReadableStream<Uint8Array> {
  const text = "x".repeat(textChars);
  let n = 0;
  return new ReadableStream<string>({
    pull(controller) {
      if (n === count) return controller.close();
      const lines: string[] = [];
      while (n < count && lines.length < 500) {
        n++;
        lines.push(lineOf(n, { data: { n, text } }));
      }
      controller.enqueue(lines.join(""));
    },
  }).pipeThrough(new TextEncoderStream());
}

/** An event of `POST /import`. */
export interface ImportEvent {
  imported?: number;
  gpos?: number;
  done?: boolean;
  skipped?: number;
  elapsed?: string;
  error?: string;
  message?: string;
  line?: number;
}

/** Sends a body to `/import`. */
export function sendImport(
  server: Pick<TestServer, "url" | "token">,
  body: BodyInit | null,
  query = "",
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${server.url}/import${query && "?"}${query}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${server.token}`, ...headers },
    body,
  });
}

/** The events in a text of them. */
export function eventsOf(text: string): ImportEvent[] {
  const events = text.split("\n\n").slice(0, -1).filter((event) => !event.startsWith(":"));
  return events.map((event) => {
    assertEquals(event.slice(0, 6), "data: ");
    return JSON.parse(event.slice(6)) as ImportEvent;
  });
}

/** Sends a body to `/import` and gives the last event. */
export async function runImport(
  ...args: Parameters<typeof sendImport>
): Promise<ImportEvent> {
  const response = await sendImport(...args);
  const text = await response.text();
  assertEquals([response.status, response.headers.get("Content-Type")], [200, "text/event-stream"]);
  return eventsOf(text).at(-1)!;
}

/** Imports a number of messages. */
export async function importMessages(
  server: Pick<TestServer, "url" | "token">,
  count: number,
  textChars = 0,
  query = "",
): Promise<void> {
  const end = await runImport(server, linesStream(count, textChars), query);
  assertEquals([end.done, end.imported], [true, count]);
}
