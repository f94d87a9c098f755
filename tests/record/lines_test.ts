import fc from "fast-check";
import { EventoDBError } from "../../src/errors.ts";
import { lineBytesMax } from "../../src/limits.ts";
import { checkLine, recordLines } from "../../src/record/lines.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../support/assert.ts";
import { bodyOf } from "../support/bodies.ts";
import { pieces, withCuts } from "../support/property.ts";

type Chunk = string | Uint8Array | Error;

/** The lines, and the refusal of the last one where it is refused. */
async function read(
  chunks: Iterable<Chunk>,
  options?: Parameters<typeof recordLines>[1],
): Promise<{ lines: string[]; code?: string; line?: number; message?: string }> {
  const lines = await Array.fromAsync(recordLines(bodyOf(chunks).body, options));
  for (const [i, text] of lines.entries()) {
    try {
      checkLine(text, i + 1);
    } catch (error) {
      assert(error instanceof EventoDBError);
      assertEquals(i, lines.length - 1, "a refusal ends the lines");
      const { code, line, message } = error;
      return { lines: lines.slice(0, i), code, line, message };
    }
  }
  return { lines };
}

function bytes(...parts: (string | number)[]): Uint8Array {
  const encoder = new TextEncoder();
  return new Uint8Array(
    parts.flatMap((part) => typeof part === "number" ? [part] : [...encoder.encode(part)]),
  );
}

const lineText = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n]/g, " "));
const lineEnd = fc.constantFrom("\n", "\r\n");

Deno.test("recordLines() gives the same lines wherever the bytes are cut", async () => {
  const lines = fc.array(fc.tuple(lineText, lineEnd));
  const encoded = lines.map((parts) => bytes(...parts.flat()));
  await fc.assert(fc.asyncProperty(withCuts(encoded), async (cut) => {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(cut[0]).replace(
      /^\ufeff/,
      "",
    );
    const expected = text.split(/\r?\n/);
    if (expected.at(-1) === "") expected.pop();
    assertEquals(await read(pieces(cut)), { lines: expected });
  }));
});

Deno.test("recordLines() finds the first line that is not UTF-8, wherever the bytes are cut", async () => {
  const bad = fc.constantFrom([0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5], [
    0xe2,
    0x82,
  ]);
  const body = fc.tuple(fc.array(lineText, { maxLength: 5 }), bad, lineText, fc.boolean());
  await fc.assert(fc.asyncProperty(
    body.chain(([before, bad, after, ended]) =>
      fc.tuple(
        fc.constant(before),
        withCuts(fc.constant(
          bytes(...before.map((text) => `x${text}\n`), "a", ...bad, ended ? `\n${after}\n` : ""),
        )),
      )
    ),
    async ([before, cut]) => {
      const { lines, code, line, message } = await read(pieces(cut));
      assertEquals([lines, code, line], [
        before.map((text) => `x${text}`),
        "INVALID_JSON",
        before.length + 1,
      ]);
      assert(message!.includes("not valid UTF-8"));
    },
  ));
});

Deno.test("recordLines() finds the first line that is too long, wherever the bytes are cut", async () => {
  const body = fc.tuple(
    fc.array(fc.tuple(fc.nat(10), lineEnd), { maxLength: 20 }),
    fc.integer({ min: 11, max: 40 }),
    fc.constantFrom("", "\n", "\r\n", "\nmore\n"),
  );
  await fc.assert(fc.asyncProperty(
    body.chain(([before, length, end]) =>
      fc.tuple(
        fc.constant(before),
        withCuts(fc.constant(
          bytes(...before.map(([n, end]) => "x".repeat(n) + end), "y".repeat(length), end),
        )),
      )
    ),
    async ([before, cut]) => {
      const result = await read(pieces(cut), { lineBytesMax: 10 });
      assertEquals([result.lines, result.code, result.line], [
        before.map(([n]) => "x".repeat(n)),
        "LINE_TOO_LONG",
        before.length + 1,
      ]);
    },
  ));
});

Deno.test("recordLines() takes a line of the greatest length, not one byte more", async () => {
  for (const end of ["", "\n", "\r\n"]) {
    const line = "x".repeat(lineBytesMax);
    assertEquals((await read([`first\n${line}`, end])).lines.map((text) => text.length), [
      5,
      lineBytesMax,
    ]);
    const { code, line: number, message } = await read([`first\n${line}x`, end]);
    assertEquals([code, number], ["LINE_TOO_LONG", 2]);
    assertEquals(message, "Cannot import line 2: it is longer than 16,777,216 bytes");
  }
});

Deno.test("recordLines() counts bytes, not characters", async () => {
  assertEquals((await read(["é".repeat(5)], { lineBytesMax: 10 })).lines, ["é".repeat(5)]);
  assertEquals((await read(["é".repeat(6)], { lineBytesMax: 10 })).code, "LINE_TOO_LONG");
});

Deno.test("recordLines() stops reading at a line that is too long", async () => {
  function* endless(): Generator<string> {
    yield "first\n";
    for (;;) yield "x".repeat(1000);
  }
  const watched = bodyOf(endless());
  const lines = await Array.fromAsync(recordLines(watched.body, { lineBytesMax: 10_000 }));
  assertEquals(lines[0], "first");
  assertThrows(() => checkLine(lines[1], 2), EventoDBError);
  assert(watched.taken < 20, `${watched.taken} chunks were taken`);
  await watched.cancelled;
});

Deno.test("recordLines() stops reading at a line that is not UTF-8", async () => {
  function* endless(): Generator<string | Uint8Array> {
    yield bytes("good\nbad", 0xff, "\nnever seen\n");
    for (;;) yield "never taken\n";
  }
  const watched = bodyOf(endless());
  const lines = await Array.fromAsync(recordLines(watched.body));
  assertEquals([lines[0], lines.length], ["good", 2]);
  assert(watched.taken < 5, `${watched.taken} chunks were taken`);
  await watched.cancelled;
});

Deno.test("recordLines() names what comes first when a line is bad and a later one is too long", async () => {
  const long = "x".repeat(50);
  const options = { lineBytesMax: 10 };
  assertEquals((await read([bytes("a", 0xff, "\n", long)], options)).line, 1);
  assertEquals((await read([bytes(`a\n${long}\nb`, 0xff, "\n")], options)).code, "LINE_TOO_LONG");
});

Deno.test("recordLines() drops a byte order mark at the start, also one that is cut, and no other", async () => {
  const mark = [0xef, 0xbb, 0xbf];
  const body = bytes(...mark, "a\n", ...mark, "b\n");
  for (const cut of [[], [1], [2], [3], [5], [1, 2, 3, 4, 5, 6, 7]]) {
    assertEquals((await read(pieces([body, cut]))).lines, ["a", "\ufeffb"]);
  }
  assertEquals((await read([bytes(...mark)])).lines, []);
  assertEquals((await read([bytes(...mark, ...mark, "a")])).lines, ["\ufeffa"]);
});

Deno.test("recordLines() keeps lines that would pass for its marks", async () => {
  assertEquals((await read(["\0\n", "\\ud800\n\ufffd\n"])).lines, ["\0", "\\ud800", "\ufffd"]);
});

Deno.test("recordLines() gives empty lines, and none for an empty body", async () => {
  assertEquals((await read(["\n\r\n\na"])).lines, ["", "", "", "a"]);
  assertEquals((await read([])).lines, []);
  assertEquals((await read([new Uint8Array()])).lines, []);
});

Deno.test("recordLines() fails as its body fails", async () => {
  const error = new TypeError("connection reset");
  await assertRejects(() => read(["a\nb", error]), TypeError, "connection reset");
});

Deno.test("recordLines() ends with its signal and releases the body, also while that is silent", async () => {
  const stop = new AbortController();
  let cancelled: unknown;
  const silent = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes("a\nb")),
    cancel: (reason) => void (cancelled = reason),
  });
  const reader = recordLines(silent, { signal: stop.signal }).getReader();
  assertEquals(await reader.read(), { value: "a", done: false });
  const next = reader.read();
  const reason = new RangeError("stopped");
  stop.abort(reason);
  await assertRejects(() => next, RangeError, "stopped");
  assertEquals(cancelled, reason);
});
