/**
 * Histories with links, slices of what is related in them, and an oracle that finds it by brute force.
 *
 * @module
 */

import fc from "fast-check";
import { hash64 } from "../../src/group_member.ts";
import type { Message } from "../../src/message.ts";
import { linkFields } from "../../src/slice/links/links.ts";
import type { Slice } from "../../src/slice/slice.ts";
import { cardinalIdOf, categoryOf } from "../../src/stream_name.ts";

/** Streams with events: ids with `+`, names in Unicode, a hub, names that are beginnings of others. */
const streams = [
  "order-1",
  "order-1+retry",
  "order-12",
  "workflow-é",
  "workflow-e\u0301",
  "\u{1f600}-1",
  "tenant-1",
  "tenant",
  "Order-1",
  'a"\\\n-1',
];
/** Those that are only linked to. */
const absent = ["workflow-0", "order-9", "nowhere"];

const day = Date.UTC(2025, 6, 15);

/** The time of so many seconds after the first, which are no multiple of a day. */
export function secondsIn(seconds: number): string {
  return new Date(day + seconds * 1_000).toISOString().replace(".000Z", "Z");
}

const target = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...streams, ...absent) },
  fc.constantFrom<unknown>("", null, 7, {}, "\ud800"),
);
const payload = fc.record({
  ref: fc.oneof(
    fc.constantFrom<unknown>("1", 1, "1+retry", 12, null, 1.5, true, "", {}),
    fc.array(fc.constantFrom<unknown>("1", 12, null, [1], "9"), { maxLength: 3 }),
  ),
  name: fc.constantFrom("order-1", "tenant"),
}, { requiredKeys: [] });

const event = fc.record({
  stream: fc.constantFrom(...streams),
  type: fc.constantFrom("Placed", "Paid", "Noted"),
  gap: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 5 })),
  // Times need not ascend.
  seconds: fc.nat(20),
  metadata: fc.option(
    fc.record(
      { ...Object.fromEntries(linkFields.map((field) => [field, target])), note: fc.constant("x") },
      { requiredKeys: [] },
    ),
    { freq: 5 },
  ),
  data: payload,
});

/** A history: up to 40 events in ascending global position. */
export const anyHistory: fc.Arbitrary<Message[]> = fc.array(event, { minLength: 1, maxLength: 40 })
  .map((events) => {
    const versions = new Map<string, number>();
    let globalPosition = 0;
    return events.map(({ stream, type, gap, seconds, metadata, data }) => {
      globalPosition += gap;
      const position = versions.get(stream) ?? 0;
      versions.set(stream, position + 1);
      return {
        id: `00000000-0000-4000-8000-${String(globalPosition).padStart(12, "0")}`,
        stream,
        type,
        position,
        globalPosition,
        data: JSON.stringify(data),
        metadata: metadata === null ? null : JSON.stringify(metadata),
        time: secondsIn(seconds),
      };
    });
  });

const category = fc.constantFrom("order", "workflow", "tenant", "\u{1f600}", "nowhere");
const someOf = <T>(values: fc.Arbitrary<T>) => fc.array(values, { minLength: 1, maxLength: 2 });

/** A slice of what is related to some stream or pattern; not all of them make sense for each history. */
export const anyRelated: fc.Arbitrary<Slice & { relatedTo: string[] }> = fc.record({
  relatedTo: someOf(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom("order-1", "order-1+retry", "workflow-é", "tenant-1"),
      },
      fc.constantFrom("order-*", "*-1", "workflow-0"),
    ),
  ),
  direction: fc.constantFrom("causes", "effects", "both"),
  depth: fc.nat(4),
  stopAt: someOf(category),
  links: someOf(
    fc.constantFrom(
      "data.ref=order-{}",
      "data['name']={}",
      "metadata.note=tenant{}",
      "data.ref[*]={}",
    ),
  ),
  windowOnly: fc.boolean(),
  since: fc.nat(20).map(secondsIn),
  until: fc.integer({ min: 20, max: 25 }).map(secondsIn),
  from: fc.integer({ min: 1, max: 10 }),
  to: fc.integer({ min: 10, max: 50 }),
  categories: someOf(category),
  streams: someOf(fc.constantFrom("order-*", "tenant*", "*-1")),
  types: someOf(fc.constantFrom("Placed", "Pa*")),
  excludeCategories: someOf(category),
  excludeStreams: someOf(fc.constantFrom("order-12", "workflow-*")),
  excludeTypes: someOf(fc.constantFrom("Noted")),
  sample: fc.constantFrom(0.3, 0.7),
}, { requiredKeys: ["relatedTo"] }) as fc.Arbitrary<Slice & { relatedTo: string[] }>;

/**
 * Finds what is related by brute force.
 *
 * @param events All events.
 * @param slice Which of them are meant.
 * @returns Those of them; `undefined` where a stream that is named is not there or is excluded.
 */
export function relatedEvents(
  events: readonly Message[],
  slice: Slice & { relatedTo: readonly string[] },
): Message[] | undefined {
  const { direction = "both", depth = Infinity, from = 0, to = Infinity } = slice;
  const { since = "", until = "~", sample = 1 } = slice;
  const visible = events.filter(({ globalPosition }) => globalPosition <= to);
  const isInWindow = ({ time }: Message) => time >= since && time < until;
  const links = visible.filter(isInWindow).flatMap((event) =>
    targetsOf(event, slice.links ?? []).map((target) => [event.stream, target] as const)
  );
  const isExcluded = (stream: string) =>
    slice.excludeCategories?.includes(categoryOf(stream)) ||
    isAny(slice.excludeStreams, stream) === true;

  const there = new Set(visible.map(({ stream }) => stream));
  const distances = new Map<string, number>();
  for (const text of slice.relatedTo) {
    const isPattern = text.includes("*");
    const named = isPattern ? [...there].filter((stream) => isAny([text], stream)) : [text];
    const isKnown = named.some((stream) =>
      there.has(stream) || links.some(([, target]) => target === stream)
    );
    if (!isKnown || (!isPattern && isExcluded(text))) return undefined;
    for (const stream of named) {
      if (!isExcluded(stream) && isSampled(stream, sample)) distances.set(stream, 0);
    }
  }
  for (let distance = 0; distance < depth; distance++) {
    const found = new Set<string>();
    const step = (a: string, b: string) => {
      const isStop = distance > 0 && slice.stopAt?.includes(categoryOf(a));
      if (distances.get(a) === distance && !isStop && !distances.has(b) && !isExcluded(b)) {
        found.add(b);
      }
    };
    for (const [stream, target] of links) {
      if (direction !== "effects") step(stream, target);
      if (direction !== "causes") step(target, stream);
    }
    if (found.size === 0) break;
    for (const stream of found) distances.set(stream, distance + 1);
  }
  return visible.filter((event) =>
    distances.has(event.stream) && event.globalPosition >= from &&
    (slice.categories?.includes(categoryOf(event.stream)) ?? true) &&
    (isAny(slice.streams, event.stream) ?? true) && (isAny(slice.types, event.type) ?? true) &&
    !isAny(slice.excludeTypes, event.type) && (!slice.windowOnly || isInWindow(event))
  );
}

function targetsOf({ data, metadata }: Message, declared: readonly string[]): string[] {
  const payloads = { data: JSON.parse(data) ?? {}, metadata: JSON.parse(metadata ?? "{}") };
  const targets: unknown[] = linkFields.map((field) => payloads.metadata[field]);
  const idsOf = (value: unknown): unknown[] => Array.isArray(value) ? value : [value];
  for (const link of declared) {
    const { ref, name } = payloads.data;
    const note = payloads.metadata.note;
    const values: Record<string, unknown[]> = {
      "data.ref=order-{}": idsOf(ref),
      "data['name']={}": [name],
      "metadata.note=tenant{}": [note],
      // A star steps into an array, and the value there may be one itself.
      "data.ref[*]={}": (Array.isArray(ref) ? ref : []).flatMap(idsOf),
    };
    for (const value of values[link]!) {
      const isId = (typeof value === "string" && value !== "") || Number.isInteger(value);
      if (isId) targets.push(link.split("=")[1]!.replace("{}", String(value)));
    }
  }
  return targets.filter((target): target is string =>
    typeof target === "string" && target !== "" && target.isWellFormed()
  );
}

function isAny(patterns: readonly string[] | undefined, name: string): boolean | undefined {
  return patterns?.some((pattern) =>
    new RegExp(`^${pattern.replace(/[+\\^$.|?(){}[\]]/g, "\\$&").replaceAll("*", ".*")}$`, "su")
      .test(name)
  );
}

function isSampled(stream: string, share: number): boolean {
  const id = cardinalIdOf(stream);
  return id === "" || Number(BigInt.asUintN(64, hash64(id))) < share * 2 ** 64;
}
