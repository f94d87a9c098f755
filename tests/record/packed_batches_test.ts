import fc from "fast-check";
import { EventoDBError } from "../../src/errors.ts";
import { lineBytesMax } from "../../src/limits.ts";
import { type BatchesOptions, packedBatches } from "../../src/record/packed_batches.ts";
import { formatRecord } from "../../src/record/format.ts";
import { unpackRecords } from "../../src/record/packed_records.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { bodyOf } from "../support/bodies.ts";
import { sampleMessages } from "../support/events.ts";
import { pieces, withCuts } from "../support/property.ts";

const [first, second] = [...sampleMessages({ count: 2 })].map(formatRecord) as [string, string];

async function read(chunks: Iterable<string | Uint8Array | Error>, options?: BatchesOptions) {
  const batches = await Array.fromAsync(packedBatches(bodyOf(chunks).body, options));
  return batches.flatMap(unpackRecords);
}

/** Why a body is refused. */
async function refusal(...args: Parameters<typeof read>) {
  const { code, line, message } = await assertRejects(() => read(...args), EventoDBError);
  return { code, line, message };
}

function bytes(...parts: (string | number)[]): Uint8Array {
  const encoder = new TextEncoder();
  return new Uint8Array(
    parts.flatMap((part) => typeof part === "number" ? [part] : [...encoder.encode(part)]),
  );
}

/** Lines that mean nothing, so that only their ends and lengths count. */
const blankLines = fc.array(fc.tuple(fc.nat(10), fc.constantFrom("\n", "\r\n")), { maxLength: 20 });

Deno.test("packedBatches() finds the first line that is not UTF-8, wherever the bytes are cut", async () => {
  const bad = fc.constantFrom(
    ...[[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5], [0xe2, 0x82]],
  );
  const body = fc.tuple(blankLines, bad, fc.constantFrom("", `\n${first}\n`));
  await fc.assert(fc.asyncProperty(
    body.chain(([before, bad, after]) =>
      fc.tuple(
        fc.constant(before.length),
        withCuts(fc.constant(
          bytes(
            ...before.map(([n, end]) => " ".repeat(n) + end),
            first.slice(0, -5),
            ...bad,
            after,
          ),
        )),
      )
    ),
    async ([before, cut]) => {
      const line = before + 1;
      const message = `Cannot import line ${line}: it is not valid UTF-8`;
      assertEquals(await refusal(pieces(cut)), { code: "INVALID_JSON", line, message });
    },
  ));
});

Deno.test("packedBatches() finds the first line that is too long, wherever the bytes are cut", async () => {
  const body = fc.tuple(
    blankLines,
    fc.integer({ min: 11, max: 40 }),
    fc.constantFrom("", "\n", "\r\n", "\nmore\n"),
  );
  await fc.assert(fc.asyncProperty(
    body.chain(([before, length, end]) =>
      fc.tuple(
        fc.constant(before.length),
        withCuts(fc.constant(
          bytes(...before.map(([n, end]) => " ".repeat(n) + end), " ".repeat(length), end),
        )),
      )
    ),
    async ([before, cut]) => {
      const { code, line } = await refusal(pieces(cut), { lineBytesMax: 10 });
      assertEquals([code, line], ["LINE_TOO_LONG", before + 1]);
    },
  ));
});

Deno.test("packedBatches() takes a line of the greatest length, not one byte more", async () => {
  const line = first + " ".repeat(lineBytesMax - first.length);
  for (const end of ["", "\n", "\r\n"]) {
    assertEquals((await read([`${second}\n${line}`, end])).length, 2);
    const { code, line: number, message } = await refusal([`${second}\n${line} `, end]);
    assertEquals([code, number], ["LINE_TOO_LONG", 2]);
    assertEquals(message, "Cannot import line 2: it is longer than 16,777,216 bytes");
  }
});

Deno.test("packedBatches() holds records of every form to the bound, also where they come whole", async () => {
  const spaced = ` ${first}`;
  const blank = " \t".repeat(100);
  for (const line of [first, spaced, blank]) {
    const options = { lineBytesMax: line.length };
    for (const end of ["", "\n", "\r\n", "\n\n"]) {
      for (const chunks of [[line, end], [line + end], [...line, ...end]]) {
        assertEquals((await read(chunks, options)).length, line === blank ? 0 : 1);
        const { code, line: number } = await refusal(chunks, { lineBytesMax: line.length - 1 });
        assertEquals([code, number], ["LINE_TOO_LONG", 1]);
      }
    }
  }
});

Deno.test("packedBatches() refuses a line that has no end once it is over the bound", async () => {
  const watched = bodyOf(Array(30).fill(new Uint8Array(1024 * 1024).fill(0x78)));
  const error = await assertRejects(
    () => Array.fromAsync(packedBatches(watched.body)),
    EventoDBError,
  );
  assertEquals([error.code, error.line], ["LINE_TOO_LONG", 1]);
  assertEquals(watched.taken, lineBytesMax / 1024 / 1024 + 1);
});

Deno.test("packedBatches() counts blank lines and keeps nothing of them", async () => {
  const blanks = " \t\r\n\n".repeat(50_000);
  const [batch, ...others] = await Array.fromAsync(
    packedBatches(
      bodyOf([...Array(40).fill(blanks), `${first}\n`, ...Array(40).fill(blanks)]).body,
    ),
  );
  assertEquals(others, []);
  assertEquals(unpackRecords(batch!).map(({ line }) => line), [40 * 100_000 + 1]);
  assert(batch!.bytes.length < 2 * 1024 * 1024, `${batch!.bytes.length} bytes are kept`);
});

Deno.test("packedBatches() lets others have their tick, however much is there already", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const chunk = new Uint8Array(1024 * 1024).fill(0x0a);
  // Nothing here ever waits, so that only the reading itself can let the timer in.
  const batches = await Array.fromAsync(packedBatches(bodyOf(Array(200).fill(chunk)).body));
  clearInterval(timer);
  assertEquals(batches, []);
  assert(turns > 0);
});

Deno.test("packedBatches() counts bytes, not characters", async () => {
  assertEquals((await refusal(["é".repeat(5)], { lineBytesMax: 10 })).code, "INVALID_JSON");
  assertEquals((await refusal(["é".repeat(6)], { lineBytesMax: 10 })).code, "LINE_TOO_LONG");
});

Deno.test("packedBatches() stops reading at a line that it refuses", async () => {
  function* endless(begin: Uint8Array): Generator<Uint8Array> {
    yield begin;
    for (;;) yield bytes("x".repeat(1000));
  }
  for (const begin of [bytes(`${first}\n`), bytes(`${first}\nbad`, 0xff, "\n")]) {
    const watched = bodyOf(endless(begin));
    const batches = Array.fromAsync(packedBatches(watched.body, { lineBytesMax: 10_000 }));
    const error = await assertRejects(() => batches, EventoDBError);
    assertEquals(error.line, 2);
    assert(watched.taken < 20, `${watched.taken} chunks were taken`);
    assertEquals(await watched.cancelled, error);
  }
});

Deno.test("packedBatches() names what comes first when a line is bad and a later one is too long", async () => {
  const long = " ".repeat(50);
  const options = { lineBytesMax: 10 };
  assertEquals((await refusal([bytes("a", 0xff, "\n", long)], options)).line, 1);
  assertEquals((await refusal([bytes(`\n${long}\nb`, 0xff, "\n")], options)).line, 2);
});

Deno.test("packedBatches() drops a byte order mark at the start, also one that is cut, and no other", async () => {
  const mark = [0xef, 0xbb, 0xbf];
  for (const cut of [[], [1], [2], [3], [5], [1, 2, 3, 4, 5, 6, 7]]) {
    const records = await read(pieces([bytes(...mark, first, "\n"), cut]));
    assertEquals(records.map(formatRecord), [first]);
    const { line } = await refusal(pieces([bytes(...mark, "\n", ...mark, first), cut]));
    assertEquals(line, 2);
  }
  assertEquals(await read([bytes(...mark)]), []);
  assertEquals((await refusal([bytes(...mark, ...mark, first)])).line, 1);
});

Deno.test("packedBatches() puts what it has parsed over the line itself", async () => {
  const spaced = first.replace(/,"data":/, ' , "data" : ').replace(
    '{"id":"',
    '\t{"more":[1],"id":"',
  );
  const escaped = second!.replace('"type":"', '"type":"\\u00fc\\ud83d\\ude00');
  const lines = [spaced, first, escaped, second, spaced, escaped, first];
  const records = await read([lines.join("\r\n")]);
  assertEquals(records.map(({ line }) => line), lines.map((_, i) => i + 1));
  const plain = escaped.replace("\\u00fc\\ud83d\\ude00", "ü😀");
  assertEquals(records.map(formatRecord), [first, first, plain, second, first, plain, first]);
});

Deno.test("packedBatches() ends with its signal and releases the body, also while that is silent", async () => {
  const stop = new AbortController();
  const asked = Promise.withResolvers<void>();
  let cancelled: unknown;
  const silent = new ReadableStream<Uint8Array>({
    pull: () => asked.resolve(),
    cancel: (reason) => void (cancelled = reason),
  }, { highWaterMark: 0 });
  const next = packedBatches(silent, { signal: stop.signal }).next();
  await asked.promise;
  const reason = new RangeError("stopped");
  stop.abort(reason);
  assertEquals(await assertRejects(() => next), reason);
  assertEquals(cancelled, reason);
});
