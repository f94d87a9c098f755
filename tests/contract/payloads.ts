/**
 * Payloads come back as they went in.
 *
 * @module
 */

import { assertEquals } from "../support/assert.ts";
import {
  importAll,
  newMessage,
  NS,
  type OpenStore,
  openWithNamespace,
  readAll,
  record,
} from "./support.ts";

const DEEP = '{"a":'.repeat(1_000) + "1" + "}".repeat(1_000);

/** Payloads that something on the way might change. */
const PAYLOADS: [string, string][] = [
  ["an integer above 2^53", '{"n":9007199254740993}'],
  ["a fraction of zero", '{"n":1.0,"m":-0.0,"e":1E2}'],
  ["a number that no float holds", '{"n":1e400,"m":-1e-400}'],
  ["an escaped U+0000", '{"a\\u0000b":"\\u0000"}'],
  ["lone surrogates in escapes", '{"a":"\\ud800","b":"\\udc00\\ud800"}'],
  ["repeated keys", '{"a":1,"a":2,"a":{"a":3}}'],
  ["keys out of order", '{"z":1,"a":2,"10":3,"9":4}'],
  ["text of all planes", '{"ü":"漢字 😀 \u{10ffff} \u2028 \ufeff \ufffd"}'],
  ["needless escapes", '{"\\u0061":"\\/\\u00e9"}'],
  ["depth 1,000", DEEP],
  ["one MiB", `{"text":"${"ü".repeat((1024 * 1024 - 11) / 2)}"}`],
  ["nothing", "{}"],
];

/** Registers the tests. */
export function payloadsContract(open: OpenStore, backend: string): void {
  for (const [what, text] of PAYLOADS) {
    Deno.test(`write() and an import keep ${what} (${backend})`, async () => {
      await using store = await openWithNamespace(open);
      const half = text.length > 100_000 ? "{}" : text;
      await store.write(NS, "a-1", newMessage({ data: text, metadata: half }));
      await store.write(NS, "a-1", newMessage({ data: half, metadata: text }));
      await importAll(store, [
        record({ globalPosition: 10, data: text, metadata: half }),
        record({ globalPosition: 11, data: half, metadata: text }),
        record({ globalPosition: 12, data: "null", metadata: null }),
      ]);
      assertEquals(
        (await readAll(store)).map(({ data, metadata }) => [data, metadata]),
        [[text, half], [half, text], [text, half], [half, text], ["null", null]],
      );
      assertEquals((await store.lastMessage(NS, "a-1"))?.metadata, text);
      // No filter is put off by it.
      assertEquals((await readAll(store, { correlation: "x" })).length, 0);
    });
  }
}
