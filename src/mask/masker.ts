/**
 * Masks lines of events.
 *
 * @module
 */

import { isUtf8 } from "node:buffer";
import { EventoDBError } from "../errors.ts";
import { lineBytesMax } from "../limits.ts";
import { afterSpace, stringOf } from "./payload/json_bytes.ts";
import { MaskedOutput } from "./payload/masked_output.ts";
import { MaskKeys } from "./key/mask_keys.ts";
import { MaskPrograms } from "./rules/mask_programs.ts";
import { MergedStreams } from "./rules/merged_streams.ts";
import type { MaskObserver, MetValue } from "./observer.ts";
import { type EventInMask, PayloadMask } from "./payload/payload_mask.ts";
import type { MaskPolicy, PolicyPattern, PolicyRule } from "./policy/policy.ts";
import { Pseudonyms } from "./pseudonyms/pseudonyms.ts";
import { RecordSpans } from "./record_spans.ts";
import { RuleMasks } from "./rules/rule_masks.ts";
import { shownType } from "./residual/place.ts";
import { shownCategory } from "./shown_path.ts";
import {
  type MaskedStream,
  mergedError,
  StreamMasks,
  streamProblem,
} from "./rules/stream_masks.ts";

const LINE_END = 0x0a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** What a mask makes of some lines. */
export interface MaskedLines {
  /** The lines, each with its line end. Those of events that are dropped are gone. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How many events they are. */
  events: number;
  /** How many events have been dropped. */
  dropped: number;
  /**
   * Where in `bytes` the mask has written something: the start and the end of each span, one after the
   * other, in ascending order. Everything else is the input's own text.
   */
  spans: Uint32Array<ArrayBuffer>;
}

/** The event of a line, of which few rules want the stream: its name is made for them. One object serves all lines. */
class EventOfLine implements EventInMask {
  line = 0;
  type = "";
  #bytes: Uint8Array = new Uint8Array(0);
  #streamStart = 0;
  #streamEnd = 0;
  #stream: string | undefined;

  begin(bytes: Uint8Array, record: RecordSpans, line: number): void {
    this.line = line;
    this.type = record.type;
    this.#bytes = bytes;
    this.#streamStart = record.streamStart;
    this.#streamEnd = record.streamEnd;
    this.#stream = undefined;
  }

  get stream(): string {
    return this.#stream ??= stringOf(this.#bytes, this.#streamStart, this.#streamEnd);
  }
}

/** Masks the events of one file or export: it counts their lines. */
export class Masker implements Disposable {
  /** The policy. */
  readonly policy: MaskPolicy;
  readonly #observer: MaskObserver;
  readonly #merged: MergedStreams;
  readonly #streams: StreamMasks;
  readonly #programs: MaskPrograms;
  readonly #payloads: PayloadMask;
  readonly #record = new RecordSpans();
  readonly #event = new EventOfLine();
  #line = 0;

  /**
   * @param key The secret, at least 32 bytes.
   * @param observer Called with the values.
   * @param merged Compares the names of streams.
   */
  constructor(
    policy: MaskPolicy,
    key: Uint8Array,
    observer: MaskObserver = {},
    merged: MergedStreams = new MergedStreams(),
  ) {
    this.policy = policy;
    this.#observer = observer;
    const keys = new MaskKeys(key);
    const pseudonyms = new Pseudonyms(keys);
    this.#merged = merged;
    this.#streams = new StreamMasks(policy, pseudonyms, merged);
    this.#programs = new MaskPrograms(policy, new RuleMasks(keys, pseudonyms, this.#streams));
    this.#payloads = new PayloadMask(observer);
  }

  /**
   * Masks lines.
   *
   * @param lines Whole lines, each with its line end; the last one of a file may have none. Blank lines
   * stay.
   * @param output Takes them: where it is given, until it takes the next ones.
   * @returns The masked lines.
   * @throws {EventoDBError} `MASK_FAILED`: a value is undecided or does not fit its rule, or a line is no
   * event. The error has the line; its `details` have `kind` (`undecided`, `unfit`, `conflict`, `merged`,
   * `too long` or `invalid`), `type`, `section`, `path` and `globalPosition`. Nothing of a value is in it.
   */
  mask(lines: Uint8Array<ArrayBuffer>, output: MaskedOutput = new MaskedOutput()): MaskedLines {
    if (lines.length > 0 && lines.at(-1) !== LINE_END) return this.#maskUnended(lines, output);
    if (!isUtf8(lines)) throw this.#notUtf8(lines);
    output.begin(lines);
    const record = this.#record;
    let [events, dropped] = [0, 0];
    let start = 0;
    try {
      for (; start < lines.length; start = record.end) {
        const line = ++this.#line;
        if (!record.read(lines, start, line)) continue;
        const stream = this.#streams.ofBytes(lines, record.streamStart + 1, record.streamEnd - 1);
        const { category } = stream;
        category.decided.events++;
        if (category.isDropped) {
          output.replace(start, record.end, "");
          dropped++;
          continue;
        }
        events++;
        const before = output.length - output.copied;
        this.#maskParts(lines, output, stream, line);
        const length = output.length - output.copied - before + record.end - start;
        if (length > lineBytesMax && length > record.end - start) throw tooLong(line, length);
      }
    } catch (error) {
      throw withPosition(error, lines.subarray(start, record.end));
    }
    output.copyTo(lines.length);
    return { bytes: output.bytes, events, dropped, spans: output.spans };
  }

  /**
   * Says which line comes next: of another part of the file or export.
   *
   * @param line Its number, from 1.
   */
  beginAt(line: number): void {
    this.#line = line - 1;
  }

  /**
   * Checks what can only be known when all lines have been masked.
   *
   * @throws {EventoDBError} `MASK_FAILED`: two streams would become one.
   */
  end(): void {
    const category = this.#merged.find();
    if (category !== undefined) throw mergedError(category);
  }

  /** The streams whose names are compared. */
  get mergedStreams(): MergedStreams {
    return this.#merged;
  }

  /** Takes the temporary file away. */
  [Symbol.dispose](): void {
    this.#merged[Symbol.dispose]();
  }

  /**
   * The name that a stream has in the masked events.
   *
   * @returns Its masked name; `undefined` where its events are dropped.
   * @throws {EventoDBError} `MASK_FAILED`: no rule names its category, or its id does not fit the rule.
   */
  streamName(name: string): string | undefined {
    const stream = this.#streams.of(name);
    if (stream.kind !== "named") throw this.#streamProblem(stream, undefined);
    if (stream.category.isDropped) return undefined;
    return stream.json === "" ? name : JSON.parse(stream.json) as string;
  }

  /** How many values each rule has decided; rules that have matched nothing are not in it. */
  get matches(): ReadonlyMap<PolicyRule, number> {
    // Those that were met only in links have decided no event.
    const streams = Array.from(
      this.#streams.used,
      ([rule, { events }]): [PolicyRule, number] => [rule, Math.max(1, events)],
    );
    return new Map([...streams, ...this.#programs.matches()]);
  }

  /** Patterns of types and categories that an event has matched, of those that are not dropped. */
  get metPatterns(): ReadonlySet<PolicyPattern> {
    return this.#programs.metPatterns;
  }

  /** The parts stand in any order, and what is written must ascend. */
  #maskParts(bytes: Uint8Array, output: MaskedOutput, stream: MaskedStream, line: number): void {
    const record = this.#record;
    const { data, metadata, streamStart, type } = record;
    const program = this.#programs.of(type, stream.category.name);
    const event = this.#event;
    event.begin(bytes, record, line);
    if (program.isUndecided && isEmpty(bytes, data) && isEmpty(bytes, metadata)) {
      this.#undecidedType(type, line);
    }
    const isOrdinary = streamStart < data && (data < metadata || metadata < 0);
    if (isOrdinary) {
      this.#maskStream(bytes, output, stream, line);
      this.#payloads.mask(output, bytes, data, program.data, "data", event);
      this.#payloads.mask(output, bytes, metadata, program.metadata, "metadata", event);
      return;
    }
    const parts: [number, () => void][] = [
      [streamStart, () => this.#maskStream(bytes, output, stream, line)],
      [data, () => this.#payloads.mask(output, bytes, data, program.data, "data", event)],
      [
        metadata,
        () => this.#payloads.mask(output, bytes, metadata, program.metadata, "metadata", event),
      ],
    ];
    parts.sort(([a], [b]) => a - b);
    for (const [start, mask] of parts) if (start >= 0) mask();
  }

  /** Of an event with fields, they are named, and not its type. */
  #undecidedType(type: string, line: number): void {
    const observer = this.#observer;
    if (observer.onUndecided !== undefined) {
      return observer.onUndecided({ line, type, section: "data", path: "$", rule: undefined });
    }
    const shown = shownType(type);
    throw new EventoDBError(
      "MASK_FAILED",
      `Cannot mask line ${line}: no entry of events matches its type, ${shown}`,
      { line, details: { kind: "undecided", type: shown, section: "data", path: "$" } },
    );
  }

  #maskStream(
    bytes: Uint8Array,
    output: MaskedOutput,
    stream: MaskedStream,
    line: number,
  ): void {
    const { streamStart, streamEnd, type } = this.#record;
    const observer = this.#observer;
    if (stream.kind !== "named") {
      const met = this.#metStream(stream, type, line);
      const isUndecided = stream.kind === "undecided";
      if (isUndecided && observer.onUndecided !== undefined) observer.onUndecided(met);
      else if (!isUndecided && observer.onUnfit !== undefined) {
        observer.onUnfit({ ...met, problem: streamProblem(stream)! });
      } else throw this.#streamProblem(stream, line);
      output.replace(streamStart, streamEnd, '"***"');
      return;
    }
    if (stream.json === "") return observer.onKept?.(this.#metStream(stream, type, line));
    output.replace(streamStart, streamEnd, stream.json);
    if (stream.idAt >= 0 && observer.onMaskedAscii !== undefined) {
      const met = this.#metStream(stream, type, line);
      const [start, end] = [streamStart + 1 + stream.idAt, streamEnd - 1];
      return observer.onMaskedAscii(met, bytes, start, end);
    }
    if (observer.onMasked === undefined) return;
    const { name, rule } = stream.category;
    for (const [plaintext, replacement] of this.#streams.partsOf(stream)) {
      const path = rule?.path ?? shownCategory(name);
      observer.onMasked({ line, type, section: "stream", path, rule, plaintext, replacement });
    }
  }

  #metStream({ category: { name, rule } }: MaskedStream, type: string, line: number): MetValue {
    return { line, type, section: "stream", path: rule?.path ?? shownCategory(name), rule };
  }

  #maskUnended(lines: Uint8Array<ArrayBuffer>, output: MaskedOutput): MaskedLines {
    const ended = new Uint8Array(lines.length + 1);
    ended.set(lines);
    ended[lines.length] = LINE_END;
    const masked = this.mask(ended, output);
    const { bytes } = masked;
    return bytes.at(-1) === LINE_END ? { ...masked, bytes: bytes.subarray(0, -1) } : masked;
  }

  #streamProblem(stream: MaskedStream, line: number | undefined): EventoDBError {
    const category = shownCategory(stream.category.name);
    const what = line === undefined ? `a stream of category "${category}"` : `line ${line}`;
    const details = {
      kind: stream.kind,
      section: "stream",
      path: category,
      ...(line === undefined ? {} : { type: shownType(this.#record.type) }),
    };
    return new EventoDBError(
      "MASK_FAILED",
      `Cannot mask ${what}: ${streamProblem(stream)}`,
      line === undefined ? { details } : { line, details },
    );
  }

  #notUtf8(lines: Uint8Array): EventoDBError {
    let line = this.#line;
    for (let start = 0; start < lines.length;) {
      const end = lines.indexOf(LINE_END, start) + 1;
      line++;
      if (!isUtf8(lines.subarray(start, end))) break;
      start = end;
    }
    return new EventoDBError("MASK_FAILED", `Cannot mask line ${line}: it is not UTF-8`, {
      line,
      details: { kind: "invalid" },
    });
  }
}

/** What is wrong with an event, by its global position too: nobody sees the lines of an export that has failed. */
function withPosition(error: unknown, line: Uint8Array): unknown {
  if (!(error instanceof EventoDBError) || error.line === undefined) return error;
  // What is not a record has no position.
  if (error.details?.kind === "invalid") return error;
  const { gpos } = JSON.parse(new TextDecoder().decode(line)) as { gpos: number };
  const at = `line ${error.line}`;
  const message = error.message.replace(at, `${at}, global position ${gpos}`);
  const details = { ...error.details, globalPosition: gpos };
  return new EventoDBError("MASK_FAILED", message, { line: error.line, details });
}

/** Whether a payload has no field. */
function isEmpty(bytes: Uint8Array, start: number): boolean {
  return start < 0 || bytes[start] !== OPEN_OBJECT ||
    bytes[afterSpace(bytes, start + 1)] === CLOSE_OBJECT;
}

function tooLong(line: number, length: number): EventoDBError {
  const [is, most] = [length, lineBytesMax].map((bytes) => bytes.toLocaleString("en-US"));
  return new EventoDBError(
    "MASK_FAILED",
    `Cannot mask line ${line}: it would be ${is} bytes long, and an import takes ${most}: use scramble, ` +
      "redact or drop for its longest lists",
    { line, details: { kind: "too long" } },
  );
}
