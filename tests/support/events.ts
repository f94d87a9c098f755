/**
 * A history made from a seed: it has in it what histories of production have, and what is hard to
 * carry unchanged.
 *
 * @module
 */

import type { Message } from "../../src/message.ts";
import { formatRecord } from "../../src/record/format.ts";

/** What to make. */
export interface SampleOptions {
  /** The same seed gives the same history. Default: 1. */
  seed?: number;
  /** How many messages. Default: 1,000. */
  count?: number;
  /** The first global position is a little above this. Default: 0. */
  afterGlobalPosition?: number;
}

/** A category, its share in a hundred, and its streams. */
interface SampleCategory {
  name: string;
  share: number;
  types: string[];
  stream: (random: Random) => string;
}

const categories: SampleCategory[] = [
  {
    name: "account",
    share: 52,
    types: ["Opened", "Deposited", "Withdrawn"],
    stream: (random) => `account-${random.below(3000)}${random.below(9) === 0 ? "+retry" : ""}`,
  },
  {
    name: "order",
    share: 26,
    types: ["OrderPlaced", "OrderShipped"],
    stream: (random) => `order-2024-${1 + random.below(12)}-${random.below(400)}`,
  },
  {
    name: "workflow",
    share: 12,
    types: ["TaskRequested", "TaskDone"],
    stream: (random) => `workflow-${random.below(200)}`,
  },
  { name: "audit", share: 6, types: ["Seen"], stream: () => "audit" },
  {
    name: "größe:command",
    share: 3,
    types: ["Größe geändert", "測る"],
    stream: (random) => `größe:command-😀 ${random.below(20)}`,
  },
  { name: "rare", share: 1, types: ["Rare"], stream: (random) => `rare-${random.below(3)}-` },
];

/** Payloads that come back as other text from whoever parses and prints them. */
const hardPayloads = [
  '{"exact":9007199254740993,"float":1.0,"huge":1e400,"tiny":-0.0}',
  '{"nul":"\\u0000","half":"\\ud800","slash":"\\/","letter":"\\u0061"}',
  '{"b":1,"a":2,"b":3,"__proto__":{"x":1},"10":0,"9":0}',
  '{"emoji":"😀","line":"\u2028","quote":"\\"}],","empty":"","":{}}',
  '{"nested":[[[],{}],[{"deep":[null,true,false]}]]}',
  "{}",
];

const startMs = Date.UTC(2023, 0, 1);

/**
 * Makes a history, in ascending global position.
 *
 * @param options Seed and size.
 * @returns The messages.
 */
export function* sampleMessages(options: SampleOptions = {}): Generator<Message> {
  const { seed = 1, count = 1000, afterGlobalPosition = 0 } = options;
  const random = new Random(seed);
  const positions = new Map<string, number>();
  let globalPosition = afterGlobalPosition;
  let ms = startMs;
  for (let n = 0; n < count; n++) {
    const category = pickCategory(random);
    const stream = category.stream(random);
    // A transaction that was rolled back has left a gap.
    globalPosition += random.below(10) === 0 ? 2 + random.below(30) : 1;
    const position = (positions.get(stream) ?? -1) + (random.below(200) === 0 ? 2 : 1);
    positions.set(stream, position);
    ms += random.below(60_000);
    yield {
      id: idOf(random.uuid(), n),
      stream,
      type: random.pick(category.types),
      position,
      globalPosition,
      data: data(random, n),
      metadata: metadata(random),
      time: time(random, ms),
    };
  }
}

/**
 * A history as the body of an import.
 *
 * @param messages The messages.
 * @returns One record a line, in chunks of some lines.
 */
export function recordBody(messages: Iterable<Message>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = messages[Symbol.iterator]();
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      let lines = "";
      for (let n = 0; n < 100; n++) {
        const { value, done } = iterator.next();
        if (done) break;
        lines += `${formatRecord(value)}\n`;
      }
      if (lines === "") controller.close();
      else controller.enqueue(encoder.encode(lines));
    },
  });
}

/** Nearly all ids are UUIDs in their usual spelling; the others are a text that only looks like it. */
function idOf(uuid: string, n: number): string {
  switch (n % 40) {
    case 3:
      return `order-${uuid.slice(0, 8)}`;
    case 7:
      return uuid.replaceAll("-", "");
    case 13:
      return `{${uuid.toUpperCase()}}`;
    case 19:
      return `urn:uuid:${uuid}`;
    case 23:
      return uuid.toUpperCase();
    case 29:
      return `"größe" \\ 😀 ${uuid.slice(0, 8)}`;
    case 31:
      return `${uuid} `.padEnd(255, "x");
    default:
      return uuid;
  }
}

function pickCategory(random: Random): SampleCategory {
  let share = random.below(100);
  return categories.find((category) => (share -= category.share) < 0)!;
}

function data(random: Random, n: number): string {
  if (random.below(8) === 0) return random.pick(hardPayloads);
  if (random.below(500) === 0) return `{"text":"${"lorem ipsum ".repeat(2000)}"}`;
  return `{"n":${n},"amount":${random.below(100_000)}.${
    random.below(10)
  }0,"by":"${random.uuid()}"}`;
}

function metadata(random: Random): string | null {
  switch (random.below(5)) {
    case 0:
      return null;
    case 1:
      return "{}";
    case 2:
      return `{"traceId":"${random.uuid()}","attempt":1.0}`;
    case 3:
      return `{"correlationStreamName":"order-2024-${1 + random.below(12)}-${random.below(400)}"}`;
    default:
      return `{"correlationStreamName":"workflow-${random.below(200)}","causation":${
        random.below(9)
      }}`;
  }
}

/** Nearly ascending: clocks of several servers are never quite in step. */
function time(random: Random, ms: number): string {
  const base = new Date(ms - random.below(3000)).toISOString().slice(0, 19);
  if (random.below(4) === 0) return `${base}Z`;
  const digits = String(random.below(1_000_000_000)).padStart(9, "0").replace(/0+$/, "");
  return digits === "" ? `${base}Z` : `${base}.${digits}Z`;
}

/** Numbers from a seed: splitmix32, which is small and has no bad seeds. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** An integer from 0 to 2^32 − 1. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** An integer from 0 to `limit` − 1. */
  below(limit: number): number {
    return Math.floor(this.next() / 2 ** 32 * limit);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** 8-4-4-4-12 digits of whatever version and variant come out. */
  uuid(): string {
    const hex = Array.from({ length: 4 }, () => this.next().toString(16).padStart(8, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
}
