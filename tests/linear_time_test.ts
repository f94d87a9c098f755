/**
 * Whatever sees a stranger's bytes takes time in proportion to their length: each of these functions
 * is given an input of the worst kind that is known, and one four times as long.
 */

import { bearerToken } from "../src/auth/authenticate.ts";
import { namespaceOfToken } from "../src/token.ts";
import { correlationCategory } from "../src/store/correlation.ts";
import { sliceOfQuery } from "../src/http/export_query.ts";
import { subscribeQueryOf } from "../src/http/subscribe_query.ts";
import { arrayElements } from "../src/json/array_elements.ts";
import { jsonProblem, syntaxProblem } from "../src/json/problem.ts";
import { compactJson, lastField, splitArray, splitObject } from "../src/json/scan.ts";
import { createLog } from "../src/log.ts";
import { nameProblem } from "../src/names.ts";
import { packedBatches } from "../src/record/packed_batches.ts";
import { parseRecord } from "../src/record/parse.ts";
import { parseCategoryMessage, parseStreamMessage } from "../src/record/wire.ts";
import { parseCall } from "../src/rpc/call.ts";
import { Fields } from "../src/rpc/fields.ts";
import { encodeRow } from "../src/store/postgres/import/copy.ts";
import { schemaOf } from "../src/store/postgres/names.ts";
import { categoryOf, idOf } from "../src/stream_name.ts";
import { parseDateOrTime, parseTime } from "../src/time.ts";
import { WholeLines } from "../src/record/whole_lines.ts";
import { EventoDBClient } from "../src/client/client.ts";
import { formatRecord } from "../src/record/format.ts";
import { sampleMessages } from "./support/events.ts";
import { assert } from "./support/assert.ts";

const [message] = sampleMessages({ count: 1 });
const line = formatRecord(message!);
const withField = (value: string) => `{"more":${value},${line.slice(1)}`;
const encoder = new TextEncoder();
const of = (text: string, n: number) => text.repeat(Math.ceil(n / text.length));

async function read(chunks: readonly string[]): Promise<void> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
  for await (const batch of packedBatches(body)) batch.length = 0;
}

async function elements(chunks: readonly string[]): Promise<void> {
  for await (const some of arrayElements(ReadableStream.from(chunks))) some.length = 0;
}

function lines(chunks: readonly string[]): void {
  const whole = new WholeLines();
  for (const chunk of chunks) whole.take(encoder.encode(chunk));
}

/** In pieces as a socket brings them. */
function cut(text: string, size = 16_384): string[] {
  const chunks: string[] = [];
  for (let at = 0; at < text.length; at += size) chunks.push(text.slice(at, at + size));
  return chunks;
}

/** Makes an input of about so many characters; done is what sees it. */
type Case = [what: string, input: (n: number) => string, see: (input: string) => unknown];

const texts: [string, (n: number) => string][] = [
  ["spaces", (n) => of(" ", n)],
  ["spaces in between", (n) => `x${of(" ", n)}y`],
  ["tabs and line ends in between", (n) => `x${of("\t\r\n", n)}y`],
  ["digits", (n) => of("1", n)],
  ["digits and a letter", (n) => `${of("1", n)}x`],
  ["zeros", (n) => `0.${of("0", n)}`],
  ["dashes", (n) => of("-", n)],
  ["commas", (n) => of(",", n)],
  ["slashes", (n) => `${of("/", n)}x`],
  ["opening brackets", (n) => of("[", n)],
  ["quotes", (n) => of('"', n)],
  ["backslashes", (n) => `"${of("\\", n)}`],
  ["backslashes and quotes", (n) => `"${of('\\"', n)}`],
  ["underscores", (n) => `ns_${of("_", n)}`],
  ["equal signs and brackets", (n) => of("=(", n)],
  ["halves of surrogate pairs", (n) => of("\ud800", n)],
  ["dollars and dots", (n) => of("$1.", n)],
];

/** Functions that take any text. */
const takers: [string, (text: string) => unknown][] = [
  ["bearerToken", (text) => bearerToken(`Bearer ${text}`)],
  ["namespaceOfToken", namespaceOfToken],
  ["nameProblem", nameProblem],
  ["parseTime", parseTime],
  ["parseTime of a fraction", (text) => parseTime(`2025-07-15T10:00:00.${text}Z`)],
  ["parseDateOrTime", parseDateOrTime],
  ["categoryOf", categoryOf],
  ["idOf", idOf],
  ["schemaOf", schemaOf],
  ["jsonProblem", (text) => syntaxProblem(text, jsonProblem(text, 1000)!)],
  ["parseCall", parseCall],
  ["parseCall of an argument", (text) => parseCall(`["stream.get",${text}]`)],
  ["parseRecord", (text) => parseRecord(text, 1)],
  ["parseRecord of a string", (text) => parseRecord(withField(JSON.stringify(text)), 1)],
  ["parseRecord of a time", (text) => parseRecord(`{"time":${JSON.stringify(text)}}`, 1)],
  ["parseRecord of a number", (text) => parseRecord(withField(text), 1)],
  ["parseStreamMessage", (text) => parseStreamMessage(`["a",${JSON.stringify(text)}]`, "a")],
  ["parseCategoryMessage", parseCategoryMessage],
  ["sliceOfQuery", (text) => {
    for (const name of ["categories", "position", "since", "to"]) {
      try {
        sliceOfQuery(new URLSearchParams({ [name]: text }));
      } catch {
        // It is the time that counts.
      }
    }
  }],
  ["subscribeQueryOf", (text) => {
    for (const name of ["stream", "category", "position", "all"]) {
      try {
        subscribeQueryOf(new URLSearchParams({ stream: "a", [name]: text }), text);
      } catch {
        // It is the time that counts.
      }
    }
  }],
  ["Fields", (text) => {
    const fields = new Fields("m", [["a", JSON.stringify(text)], ["b", text]]);
    fields.optionalString("a");
    fields.optionalPosition("b");
  }],
  [
    "correlationCategory",
    (text) => correlationCategory(`{"correlationStreamName":${JSON.stringify(text)}}`),
  ],
  ["compactJson", (text) => compactJson(`[ ${JSON.stringify(text)} ]`)],
  ["encodeRow", (text) => encodeRow({ ...message!, stream: text })],
  ["createLog", (text) => createLog({ sink: () => {} }).write("info", text, { text })],
  ["EventoDBClient", (text) => new EventoDBClient({ url: `http://127.0.0.1:1/${text}` })],
  ["arrayElements", (text) => elements(cut(`[${text}]`))],
  ["packedBatches", (text) => read(cut(text))],
  ["WholeLines", (text) => lines(cut(text))],
];

const cases: Case[] = [
  ...takers.flatMap(([name, see]) =>
    texts.map(([what, input]): Case => [`${name}() and ${what}`, input, see])
  ),
  ["packedBatches() and line ends", (n) => of("\n", n), (text) => read(cut(text))],
  ["packedBatches() and lines of spaces", (n) => of(" \t\n", n), (text) => read(cut(text))],
  [
    "packedBatches() and a field of numbers",
    (n) => withField(`[${of("1,", n)}1]`),
    (text) => read(cut(text)),
  ],
  [
    "packedBatches() and records with white space",
    (n) => of(`${line.replaceAll(":", " : ")}\n`, n),
    (text) => read(cut(text)),
  ],
  ["compactJson() and many strings", (n) => `[${of('"" ,', n)}""]`, compactJson],
  ["splitArray() and many elements", (n) => `[${of("1,", n)}1]`, (text) => splitArray(text, 2)],
  [
    "splitObject() and many fields",
    (n) => `{${of('"":1,', n)}"":1}`,
    (text) => splitObject(text, 2),
  ],
  ["lastField() and many fields", (n) => `{${of('"":1,', n)}"":1}`, (text) => lastField(text, "a")],
  [
    "correlationCategory() and many fields",
    (n) => `{"\\u0061":1,${of('"":1,', n)}"":1}`,
    correlationCategory,
  ],
];

async function msFor(see: Case[2], input: string): Promise<number> {
  const start = performance.now();
  try {
    await see(input);
  } catch {
    // A refusal has to be as quick.
  }
  return performance.now() - start;
}

Deno.test("whatever sees a stranger's bytes takes time in proportion to their length", async () => {
  const n = 100_000;
  const slowMs = 3_000;
  const slow: string[] = [];
  for (const [what, input, see] of cases) {
    const long = input(4 * n);
    await msFor(see, input(n));
    let ms = await msFor(see, long);
    // 400,000 characters are worth some milliseconds, more on a busy machine; what is quadratic takes
    // minutes. Whoever seems slow has two more tries.
    for (let i = 0; i < 2 && ms > slowMs; i++) ms = Math.min(ms, await msFor(see, long));
    if (ms > slowMs) slow.push(`${what}: ${ms.toFixed(0)} ms`);
  }
  assert(slow.length === 0, slow.join("\n"));
});
