/**
 * Histories to measure with, made from a seed: one of a shape that production has, and a worst case.
 *
 * @module
 */

import type { Message } from "../src/message.ts";
import { Random } from "./random.ts";

/**
 * What a history looks like.
 *
 * - `production`: ids of version 7; streams that live for a while, in categories of unequal size;
 *   payloads of 50 B to 20 KB with a median near 300 B; a third with a correlation; times nearly
 *   ascending; gaps in the global positions.
 * - `worst`: random ids, and 100,000 streams touched at random, so that every event goes to random
 *   pages of every index. About 320 bytes a line.
 */
export type Shape = "production" | "worst";

/** Every shape. */
export const shapes: readonly Shape[] = ["production", "worst"];

/** What to make. */
export interface HistoryOptions {
  /** Its shape. */
  shape: Shape;
  /** How many events. */
  events: number;
  /** The same seed gives the same history. */
  seed: number;
}

/** Events in one batch. */
const batchEvents = 1_000;

/** Streams of the worst case. */
const worstStreams = 100_000;

/** When the history begins, and how far apart its events are in the mean, in milliseconds. */
const startMs = Date.UTC(2025, 0, 1);
const stepMs = 500;
/** How far clocks are out of step, in milliseconds. */
const jitterMs = 3_000;

/** A category, its share of the events in a hundred, and its types. */
interface Category {
  name: string;
  share: number;
  types: readonly string[];
}

const categories: readonly Category[] = [
  { name: "account", share: 45, types: ["Opened", "Deposited", "Withdrawn", "Closed"] },
  { name: "order", share: 25, types: ["OrderPlaced", "OrderPaid", "OrderShipped"] },
  { name: "workflow", share: 14, types: ["TaskRequested", "TaskCompleted", "TaskFailed"] },
  { name: "payment", share: 9, types: ["PaymentAuthorized", "PaymentCaptured"] },
  { name: "session", share: 4, types: ["SessionStarted", "SessionEnded"] },
  { name: "audit", share: 2, types: ["Seen"] },
  { name: "refund", share: 1, types: ["RefundRequested", "RefundPaid"] },
];

/** The category that has a hundredth of the events. */
export const smallCategory = "refund";

/** How many streams of a category are alive at once, for each hundredth of the events. */
const streamsAliveForShare = 40;
/** Events of a stream in the mean. */
const streamEvents = 16;

/**
 * Makes a history, in ascending global position.
 *
 * @param options Shape, size and seed.
 * @returns The events, in batches of up to 1,000.
 */
export function* history(options: HistoryOptions): Generator<Message[], void> {
  const { shape, events, seed } = options;
  const random = new Random(seed);
  const next = shape === "production" ? productionEvents(random) : worstEvents(random);
  for (let made = 0; made < events;) {
    const size = Math.min(batchEvents, events - made);
    yield Array.from({ length: size }, () => next(made++));
  }
}

/**
 * The time about which a history has come so far: its events stray from it by some seconds.
 *
 * @param events How many events came before.
 * @returns The time.
 */
export function timeAfter(events: number): string {
  return new Date(startMs + events * stepMs).toISOString();
}

function worstEvents(random: Random): (n: number) => Message {
  const versions = new Int32Array(worstStreams).fill(-1);
  return (n) => {
    const stream = random.below(worstStreams);
    return {
      id: random.uuidV4(),
      stream: `${categories[stream % categories.length]!.name}-${stream}`,
      type: "Deposited",
      position: versions[stream]! += 1,
      globalPosition: n + 1,
      data: `{"amount":${random.below(1_000_000)},"note":"${textOf(random, 88)}"}`,
      metadata: `{"correlationStreamName":"workflow-${random.below(100_000)}"}`,
      time: timeOf(random, n),
    };
  };
}

/** A stream that is being written to. */
interface LiveStream {
  name: string;
  position: number;
}

function productionEvents(random: Random): (n: number) => Message {
  let streams = 0;
  let globalPosition = 0;
  const byHundredth = categories.flatMap((category) =>
    Array<Category>(category.share).fill(category)
  );
  const alive = new Map(categories.map((category) => [
    category,
    Array.from({ length: category.share * streamsAliveForShare }, () => newStream(category)),
  ]));

  function newStream({ name }: Category): LiveStream {
    // Some services name their entities by numbers, some by ids.
    const id = name.length % 2 === 0 ? random.uuidV4() : ++streams;
    return { name: `${name}-${id}`, position: -1 };
  }

  return (n) => {
    const category = random.pick(byHundredth);
    const those = alive.get(category)!;
    const slot = random.below(those.length);
    const { name, position } = those[slot]!;
    if (random.below(streamEvents) === 0) those[slot] = newStream(category);
    else those[slot]!.position++;
    // A transaction that was rolled back has left a gap.
    globalPosition += random.below(50) === 0 ? 1 + random.below(5) : 1;
    return {
      id: random.uuidV7(startMs + n * stepMs),
      stream: name,
      type: random.pick(category.types),
      position: position + 1,
      globalPosition,
      data: dataOf(random, n),
      metadata: metadataOf(random),
      time: timeOf(random, n),
    };
  };
}

/**
 * Lengths of payloads: 1,000 quantiles of a log-normal distribution about 300 with a tail, so that
 * a length is one look-up.
 */
const payloadChars: readonly number[] = (() => {
  const random = new Random(300);
  const normal = () => {
    const [u, v] = [1 - random.next() / 2 ** 32, random.next() / 2 ** 32];
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  };
  const usual = Array.from({ length: 980 }, () => 300 * Math.exp(0.7 * normal()));
  const large = Array.from({ length: 20 }, (_, i) => 2_000 * 10 ** (i / 19));
  return [...usual, ...large].map((chars) => Math.round(Math.min(Math.max(chars, 50), 20_000)));
})();

function dataOf(random: Random, n: number): string {
  const start = `{"n":${n},"amount":${random.below(100_000)}.50,"note":"`;
  const chars = Math.max(0, random.pick(payloadChars) - start.length - 2);
  // A few payloads are not of the one-byte kind that engines are quickest with.
  const special = random.below(50) === 0 ? "東京 – größer" : "";
  return `${start}${special}${textOf(random, chars)}"}`;
}

function metadataOf(random: Random): string | null {
  switch (random.below(3)) {
    case 0:
      return null;
    case 1:
      return `{"correlationStreamName":"workflow-${random.below(100_000)}"}`;
    default:
      return `{"traceId":"${random.uuidV4()}"}`;
  }
}

/** Words without anything that JSON escapes: a piece of them is valid wherever it is cut. */
const words: string = (() => {
  const random = new Random(7);
  const some = ["amount", "transfer", "rejected by", "customer", "42", "and", "of", "the", "EUR"];
  return Array.from({ length: 12_000 }, () => random.pick(some)).join(" ");
})();

function textOf(random: Random, chars: number): string {
  const from = random.below(words.length - chars);
  return words.slice(from, from + chars);
}

/** Nearly ascending: clocks of several servers are never quite in step. */
function timeOf(random: Random, n: number): string {
  const base = new Date(startMs + n * stepMs + random.below(jitterMs)).toISOString();
  // Microseconds, the last digit never 0.
  return `${base.slice(0, 23)}${101 + random.below(90) * 10 + random.below(9)}Z`;
}
