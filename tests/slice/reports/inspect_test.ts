import { inspectTypesMax } from "../../../src/slice/limits.ts";
import { formatRecord } from "../../../src/record/format.ts";
import { inspect } from "../../../src/slice/reports/inspect.ts";
import { SizeHistogram } from "../../../src/slice/reports/size_histogram.ts";
import { assert, assertEquals } from "../../support/assert.ts";

function inputOf(lines: readonly string[]) {
  const text = lines.map((line) => `${line}\n`).join("");
  return { open: () => Promise.resolve(new Blob([text]).stream()) };
}

function line(
  stream: string,
  position: number,
  globalPosition: number,
  time: string,
  metadata: string | null = null,
  type = "Happened",
): string {
  return formatRecord({
    id: crypto.randomUUID(),
    stream,
    type,
    position,
    globalPosition,
    data: '{"n":1}',
    metadata,
    time,
  });
}

Deno.test("inspect() reports categories, types, streams, links and time gaps", async () => {
  const link = '{"correlationStreamName":"order-1","replyStreamName":"nowhere-2"}';
  const found = await inspect(inputOf([
    line("order-1", 0, 3, "2025-07-01T00:00:00Z"),
    line("order-2", 4, 5, "2025-07-01T00:00:10Z", null, "Moved"),
    line("ship-1", 0, 9, "2025-07-01T01:00:00Z", link),
    "{}",
    line("ship-1", 1, 10, "2025-07-01T01:00:00.5Z", link),
  ]));
  assertEquals(
    [found.events, found.streams, found.partialStreams, found.linksOut, found.badLines],
    [4, 3, 1, 2, 1],
  );
  assertEquals(
    found.categories.map(({ category, events, streams, partialStreams, linksOut, first, last }) => [
      category,
      events,
      streams,
      partialStreams,
      linksOut,
      first,
      last,
    ]),
    [
      ["nowhere", 0, 0, 0, 2, null, null],
      ["order", 2, 2, 1, 0, 3, 5],
      ["ship", 2, 1, 0, 0, 9, 10],
    ],
  );
  assertEquals(found.types.map(({ category, type, events }) => [category, type, events]), [
    ["order", "Happened", 1],
    ["order", "Moved", 1],
    ["ship", "Happened", 2],
  ]);
  assertEquals(found.timeGaps.map(({ seconds }) => seconds), [3590, 10]);
  assertEquals(found.largestStreams[0], { stream: "ship-1", from: 0, to: 1, events: 2 });
  assertEquals([found.sizeMedian, found.sizeLargest], [7, 7 + link.length]);
});

Deno.test("inspect() does not let an event that is late end a time gap, or make one", async () => {
  const { timeGaps, since, until } = await inspect(inputOf([
    line("order-1", 0, 1, "2024-02-28T23:00:00.75Z"),
    line("order-1", 1, 2, "2024-02-28T10:00:00Z"),
    line("order-1", 2, 3, "2024-02-28T23:00:00.9Z"),
    line("order-1", 3, 4, "2024-02-29T00:00:00.8Z"),
    line("order-1", 4, 5, "2024-03-01T00:00:00.8Z"),
    line("order-1", 5, 6, "0099-12-31T23:59:59Z"),
    line("order-1", 6, 7, "2025-01-01T00:00:00Z"),
  ]));
  assertEquals(timeGaps, [
    {
      since: "2024-03-01T00:00:00.8Z",
      until: "2025-01-01T00:00:00Z",
      seconds: 306 * 86_400 - 1,
    },
    { since: "2024-02-29T00:00:00.8Z", until: "2024-03-01T00:00:00.8Z", seconds: 86_400 },
    { since: "2024-02-28T23:00:00.9Z", until: "2024-02-29T00:00:00.8Z", seconds: 3599 },
  ]);
  assertEquals([since, until], ["0099-12-31T23:59:59Z", "2025-01-01T00:00:00Z"]);
});

Deno.test("inspect() counts events of more types than it counts one by one", async () => {
  const count = inspectTypesMax + 5;
  const lines = Array.from(
    { length: count },
    (_, i) => line("order-1", i, i + 1, "2025-07-01T00:00:00Z", null, `Type${i}`),
  );
  const { events, types, categories, last } = await inspect(inputOf(lines));
  assertEquals([events, types.length, categories[0]!.events, categories[0]!.last, last], [
    count,
    inspectTypesMax,
    count,
    count,
    count,
  ]);
});

Deno.test("SizeHistogram.quantile() is exact for small sizes and within 1/64 for large ones", () => {
  const sizes = new SizeHistogram();
  for (let size = 1; size <= 100_000; size++) sizes.add(size);
  assertEquals(sizes.quantile(0.01), 1000);
  assertEquals(sizes.quantile(1), sizes.quantile(0.9999999));
  const median = sizes.quantile(0.5);
  assert(median <= 50_000 && median > 50_000 * 63 / 64, String(median));
});
