import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { linksIn } from "../../src/page/text/links.js";
import { pathOf } from "../../src/page/parts/trace/arrows.js";
import {
  connected,
  placesOf,
  rowsOf,
  sentenceOf,
  traceOf,
} from "../../src/page/parts/trace/model.js";

/** An event of a trace: its stream, and what its metadata says. */
type Given = [
  globalPosition: number,
  stream: string,
  metadata?: Record<string, unknown>,
  time?: string,
];

function traceFrom(given: readonly Given[]) {
  const positions = new Map<string, number>();
  return traceOf(given.map(([globalPosition, stream, metadata, time]) => {
    const position = positions.get(stream) ?? 0;
    positions.set(stream, position + 1);
    return {
      id: `id ${globalPosition}`,
      stream,
      type: "Happened",
      position,
      globalPosition,
      time: time ?? "2026-07-15T10:00:00Z",
      links: linksIn(JSON.stringify(metadata ?? {})),
    };
  }));
}

/** The arrows as global positions, or the name of a stream that is linked as a whole. */
function arrowsOf({ arrows, events, lanes }: ReturnType<typeof traceFrom>) {
  return arrows.map(({ kind, from, to, lane, isExact }) =>
    `${isExact ? events[from]!.globalPosition : lanes[lane]!.stream} ${kind} ${
      events[to]!.globalPosition
    }`
  );
}

const story: Given[] = [
  [46, "order-1"],
  [47, "workflow-123", { causationMessageStreamName: "order-1", causationMessagePosition: 0 }],
  [50, "payment-1", { causationMessageGlobalPosition: 47, correlationStreamName: "order-1" }],
  [51, "workflow-123", { causationGlobalPosition: 50, causationMessageStreamName: "payment-1" }],
  [52, "email-1", { correlationStreamName: "workflow-123", replyStreamName: "later-1" }],
  [53, "later-1", { causationMessageStreamName: "email-1" }],
  [54, "order-1", { causationGlobalPosition: 12, correlationStreamName: "order-1" }],
];

Deno.test("traceOf() has a lane a stream, by first event, and arrows where links point", () => {
  const trace = traceFrom(story);
  assertEquals(trace.lanes.map(({ stream }) => stream), [
    ...["order-1", "workflow-123", "payment-1", "email-1", "later-1"],
  ]);
  assertEquals(arrowsOf(trace), [
    ...["46 cause 47", "47 cause 50", "order-1 correlation 50", "50 cause 51"],
    // Streams that are named without an event, one of them before it begins.
    ...["workflow-123 correlation 52", "later-1 reply 52", "email-1 cause 53"],
  ]);
  assertEquals(trace.absent[6], "12");
});

Deno.test("traceOf() has one arrow from a stream, that of the cause", () => {
  const trace = traceFrom([
    [1, "order-1"],
    [2, "workflow-1", {
      causationGlobalPosition: 1,
      correlationStreamName: "order-1",
      replyStreamName: "order-1",
    }],
  ]);
  assertEquals(arrowsOf(trace), ["1 cause 2"]);
});

Deno.test("rowsOf() folds no event by itself", () => {
  const many: Given[] = Array.from({ length: 31 }, (_, n) => [n + 1, "hub-1"]);
  const links: Given[] = many.slice(1).filter((_, n) => n % 2 === 1).map(([position], n) => [
    100 + n,
    "order-1",
    { causationGlobalPosition: position },
  ]);
  const { rows } = rowsOf(traceFrom([...many, ...links]));
  assertEquals(rows.filter(({ count }) => count !== 1), []);
});

Deno.test("traceOf() takes no name for a missing one", () => {
  const trace = traceFrom([[1, "undefined"], [2, "undefined"], [3, "null", {
    causationMessagePosition: 1,
  }]]);
  assertEquals(trace.arrows, []);
});

Deno.test("connected() follows causes to the end, and other links one step", () => {
  const trace = traceFrom(story);
  const positionsOf = (index: number) =>
    [...connected(trace, index).events].map((at) => trace.events[at]!.globalPosition).sort();
  assertEquals(positionsOf(2), [46, 47, 50, 51]);
  assertEquals(positionsOf(3), [46, 47, 50, 51, 52]);
  assertEquals(positionsOf(6), [54]);
});

Deno.test("connected() ends where events cause each other", () => {
  const trace = traceFrom([
    [1, "a-1", { causationGlobalPosition: 2 }],
    [2, "b-1", { causationGlobalPosition: 1 }],
  ]);
  assertEquals(connected(trace, 0).events.size, 2);
  assertEquals(connected(trace, 0).arrows.size, 2);
});

Deno.test("rowsOf() folds what links to nothing in lanes of many events, and keeps the rest", () => {
  const many: Given[] = Array.from({ length: 40 }, (_, n) => [n + 1, "hub-1"]);
  const trace = traceFrom([...many, [41, "order-1", { causationGlobalPosition: 20 }]]);
  const shown = (options = {}) =>
    rowsOf(trace, options).rows.map(({ event, count }) => [event + 1, count]);
  assertEquals(shown(), [[1, 1], [2, 18], [20, 1], [21, 19], [40, 1], [41, 1]]);
  assertEquals(shown({ keep: 4 }).slice(1, 4), [[2, 3], [5, 1], [6, 14]]);
  assertEquals(shown({ unfolded: ["hub-1"] }).length, 41);
  const { rowOf } = rowsOf(trace);
  assertEquals([rowOf[0], rowOf[1], rowOf[18], rowOf[19], rowOf[40]], [0, 1, 1, 2, 5]);
});

Deno.test("rowsOf() goes by time where that is asked for, and clocks disagree with positions", () => {
  const trace = traceFrom([
    [1, "a-1", {}, "2026-07-15T10:00:02Z"],
    [2, "b-1", {}, "2026-07-15T10:00:01.5Z"],
    [3, "b-1", {}, "2026-07-15T10:00:02Z"],
  ]);
  const { rows, rowOf } = rowsOf(trace, { isByTime: true });
  assertEquals(rows.map(({ event }) => event), [1, 0, 2]);
  assertEquals(rowOf, [1, 0, 2]);
});

Deno.test("placesOf() has a row each by position, and distances and pauses by time", () => {
  const trace = traceFrom([
    [4, "a-1", {}, "2026-07-15T10:00:00Z"],
    [5, "a-1", {}, "2026-07-15T10:00:01Z"],
    [7, "a-1", {}, "2026-07-15T10:00:03Z"],
    [12, "a-1", {}, "2026-07-17T10:00:03Z"],
  ]);
  const { rows } = rowsOf(trace);
  const byPosition = placesOf(trace, rows, { isByTime: false, rowHeight: 20 });
  assertEquals(byPosition.map(({ y }) => y), [10, 30, 50, 70]);
  assertEquals(byPosition.map(({ pause }) => pause), ["", "", "", ""]);
  const byTime = placesOf(trace, rows, { isByTime: true, rowHeight: 20 });
  // A second is a row, since two are the middle; a pause of two days is four rows.
  assertEquals(byTime.map(({ y }) => y), [10, 30, 70, 150]);
  assertEquals(byTime.map(({ pause }) => pause), ["", "", "", "48 h 0 min"]);
});

Deno.test("placesOf() stands a time that none can read", () => {
  const trace = traceFrom([[1, "a-1", {}, "someday"], [2, "a-1"]]);
  const places = placesOf(trace, rowsOf(trace).rows, { isByTime: true, rowHeight: 20 });
  assertEquals(places.map(({ y }) => y), [10, 30]);
});

Deno.test("traceOf() has no arrow from an event's own stream where it is the first", () => {
  const trace = traceFrom([[1, "a-1", { causationMessageStreamName: "a-1" }], [2, "a-1", {
    causationMessageStreamName: "a-1",
  }]]);
  assertEquals(trace.arrows.map(({ from, to }) => [from, to]), [[0, 1]]);
});

Deno.test("sentenceOf() says what an event is, what caused it and what it caused", () => {
  const trace = traceFrom(story);
  assertEquals(
    sentenceOf(trace, 2),
    "50 payment-1 Happened, caused by 47, correlated with order-1, causes 51",
  );
  assertEquals(
    sentenceOf(trace, 6),
    "54 order-1 Happened, links to 12, which is not here",
  );
});

Deno.test("pathOf() leads from the cause down into the effect, beside what is between", () => {
  assertEquals(pathOf(10, 14, 110, 42, 28), "M10 14H10V28H110V34m-4 -4l4 4l4 -4");
  // The lane itself may have events between the two.
  assertStringIncludes(pathOf(10, 14, 10, 98, 28), "M10 14H2V84H10V90");
  // A cause that comes later: clocks disagree, or somebody has written what is not so.
  assertStringIncludes(pathOf(10, 42, 110, 14, 28), "M10 42H10V0H110V6");
});
