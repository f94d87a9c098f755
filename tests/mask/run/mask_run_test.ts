import { EventoDBError } from "../../../src/errors.ts";
import { loadPolicy } from "../../../src/mask/policy/load_policy.ts";
import type { MaskReport } from "../../../src/mask/report/mask_report.ts";
import { MaskRun } from "../../../src/mask/run/mask_run.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "../../support/assert.ts";
import { lineOf } from "../../support/history.ts";
import { workflowHistory } from "../../support/workflow_history.ts";

const key = Uint8Array.from({ length: 32 }, (_, i) => 7 * i);
const policyText = await Deno.readTextFile(
  new URL("../../../examples/workflow_service/mask.yaml", import.meta.url),
);
const policy = await loadPolicy(policyText, "mask.yaml");
const encoder = new TextEncoder();
const signal = new AbortController().signal;

/** Enough for several chunks. */
const history = workflowHistory(800);
/** Leaves names and phone numbers that are masked elsewhere in the events of every customer. */
const leaky = await loadPolicy(
  policyText.replace("$.note: scramble", "$.note: keep"),
  "leaky.yaml",
);

/** Lines in chunks of about so many bytes. */
function* chunksOf(text: string, bytes: number): Generator<Uint8Array<ArrayBuffer>> {
  const all = encoder.encode(text);
  for (let start = 0; start < all.length;) {
    const end = all.indexOf(0x0a, Math.min(start + bytes, all.length - 1)) + 1;
    yield all.slice(start, end);
    start = end;
  }
}

interface Masked {
  text: string;
  report: MaskReport;
}

async function inOneThread(given: typeof policy, text: string): Promise<Masked> {
  await using run = new MaskRun(given, key, { observer: {} });
  return await maskedBy(run, text, 10_000);
}

async function byThreads(given: typeof policy, text: string, chunkBytes: number): Promise<Masked> {
  await using run = new MaskRun(given, key, { threadsBytesMin: 1 });
  const masked = await maskedBy(run, text, chunkBytes);
  assert(run.isThreaded);
  return masked;
}

async function maskedBy(run: MaskRun, text: string, chunkBytes: number): Promise<Masked> {
  for (const chunk of chunksOf(text, chunkBytes)) await run.add(chunk, lineCount(chunk));
  const report = await run.check(signal);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const { bytes } of run.lines()) chunks.push(bytes);
  const counted = chunks.reduce((sum, { length }) => sum + length, 0);
  assertEquals([run.counts.bytes, run.bytesChecked], [counted, counted]);
  return { text: await new Blob(chunks).text(), report };
}

function lineCount(chunk: Uint8Array): number {
  return chunk.filter((byte) => byte === 0x0a).length;
}

const threads = { ignore: navigator.hardwareConcurrency < 2 };

for (const [what, chunkBytes] of [["small", 3_000], ["large", 700_000]] as const) {
  Deno.test(
    `MaskRun makes the same lines and the same report by threads, of ${what} chunks`,
    threads,
    async () => {
      assertEquals(
        await byThreads(policy, history.lines, chunkBytes),
        await inOneThread(policy, history.lines),
      );
    },
  );
}

Deno.test(
  "MaskRun finds by threads what is left in the clear, and where first",
  threads,
  async () => {
    const one = await inOneThread(leaky, history.lines);
    const found = one.report.residuals.filter(({ isLong }) => isLong);
    const counts = found.map(({ values, position }) => [values, position]);
    assertEquals(counts, [[800, 48], [150, 48], [150, 48]]);
    assertEquals(await byThreads(leaky, history.lines, 20_000), one);
  },
);

Deno.test(
  "MaskRun names the line that it cannot mask, as it does without threads",
  threads,
  async () => {
    const lines = history.lines.split("\n");
    const line = 2_000;
    for (const each of [line, line + 1, 3_000, lines.length - 1]) {
      lines[each - 1] = lines[each - 1]!.replace('"data":{', '"data":{"strange":"alice",');
    }
    const text = lines.join("\n");
    const one = await assertRejects(() => inOneThread(policy, text), EventoDBError);
    const other = await assertRejects(() => byThreads(policy, text, 20_000), EventoDBError);
    const parts = ({ code, message, line, details }: EventoDBError) => ({
      ...{ code, message, line, details },
    });
    assertEquals(parts(other), parts(one));
    assertEquals(one.line, line);
  },
);

Deno.test(
  "MaskRun drops whole chunks by threads, and masks lines that are longer than a chunk",
  threads,
  async () => {
    const given = await loadPolicy(
      "version: 1\nstreams: {kept: id(c), gone: drop}\nevents: [{data: {$.text: scramble}}]\n",
      "p.yaml",
    );
    const sizes = [10, 900_000, 10, 3_000_000, 300_000, 10];
    const text = sizes.map((size, i) => {
      const gone = Array.from(
        { length: 1_500 },
        (_, j) => lineOf(2_000 * i + j + 1, { stream: `gone-${i}`, pos: j }),
      );
      const data = { text: `${"a long text ".repeat(size / 12)}of ${i}` };
      return gone.join("") + lineOf(2_000 * i + 1_999, { stream: `kept-${i}`, pos: 0, data });
    }).join("");
    const one = await inOneThread(given, text);
    assertEquals([one.report.events, one.report.dropped], [sizes.length, 1_500 * sizes.length]);
    for (const chunkBytes of [50_000, 10_000_000]) {
      assertEquals(await byThreads(given, text, chunkBytes), one);
    }
  },
);

Deno.test(
  "MaskRun tells of two streams that would become one, whichever threads have them",
  threads,
  async () => {
    const given = await loadPolicy(
      "version: 1\nunknown: drop\nstreams: {customer: id(c)}\n",
      "p.yaml",
    );
    const stream = (i: number) => `customer-person${i % 2 === 0 ? i : -i}@x.test`;
    const names = Array.from({ length: 4_000 }, (_, i) => stream(i));
    const text = (last: string) =>
      [...names, last].map((stream, i) => lineOf(i + 1, { stream, pos: 0 })).join("");
    for (const chunkBytes of [1_000, 1_000_000]) {
      await byThreads(given, text("customer-another@x.test"), chunkBytes);
      for (const other of [0, 1_000, 3_999]) {
        const { code, details } = await assertRejects(
          () =>
            byThreads(
              given,
              text(stream(other).toUpperCase().replace("CUSTOMER", "customer")),
              chunkBytes,
            ),
          EventoDBError,
        );
        assertEquals(code, "MASK_FAILED");
        const { kind, section, path } = details!;
        assertEquals([kind, section, path], ["merged", "stream", "customer"]);
      }
    }
  },
);

Deno.test("MaskRun keeps few lines in this thread", async () => {
  await using mask = new MaskRun(policy, key);
  const [chunk] = chunksOf(history.lines, 10_000);
  await mask.add(chunk!, lineCount(chunk!));
  const { events } = await mask.check(signal);
  assert(!mask.isThreaded && events > 0);
  assertEquals(mask.counts.events, events);
});

Deno.test("MaskRun ends its threads when it is aborted", threads, async () => {
  const controller = new AbortController();
  await using mask = new MaskRun(policy, key, { threadsBytesMin: 1 });
  for (const chunk of chunksOf(history.lines, 20_000)) await mask.add(chunk, lineCount(chunk));
  const checking = mask.check(controller.signal);
  const reason = new Error("enough");
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => checking, Error), reason);
});
