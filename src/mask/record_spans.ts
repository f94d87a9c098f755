/**
 * Where in a line the parts of its event are that a mask looks at.
 *
 * @module
 */

import { recentTypesMax } from "./limits.ts";
import { EventoDBError } from "../errors.ts";
import { jsonProblem } from "../json/problem.ts";
import { jsonDepthMax } from "../limits.ts";
import { byteOrderMark, isBlank } from "../record/blank.ts";
import { scanCanonical } from "../record/canonical.ts";
import { Packed, packedNumbers } from "../record/packed_records.ts";
import { RecentBytes } from "./recent_values.ts";
import { afterSpace, afterString, afterValue, stringOf, textOf } from "./payload/json_bytes.ts";

const LINE_END = 0x0a;
const COMMA = 0x2c;
const LETTER_N = 0x6e;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The fields of a record, and what their values may begin with. */
const fields: ReadonlyMap<string, RegExp> = new Map([
  ["id", /^"/],
  ["stream", /^"/],
  ["type", /^"/],
  ["pos", /^\d/],
  ["gpos", /^\d/],
  ["data", /^[{n]/],
  ["meta", /^[{n]/],
  ["time", /^"/],
]);

/** Reads lines. One object serves all of them. */
export class RecordSpans {
  /** The type. */
  type = "";
  /** The span of the stream's name, with its quotes. */
  streamStart = 0;
  streamEnd = 0;
  /** Index of the data; −1 where there is none. */
  data = -1;
  /** Index of the metadata; −1 where there is none. */
  metadata = -1;
  /** Index of the next line. */
  end = 0;
  readonly #numbers = new Float64Array(packedNumbers);
  readonly #types = new RecentBytes(recentTypesMax, textOf);

  /**
   * Reads a line, in the form in which exports write it or with white space and in another order.
   *
   * @param bytes Valid UTF-8.
   * @param start Index of the line, which ends with `\n`.
   * @param line Its number.
   * @returns Whether it is a record; a blank line is not.
   * @throws {EventoDBError} `MASK_FAILED`: the line is not a record. Nothing of it is in the message.
   */
  read(bytes: Uint8Array, start: number, line: number): boolean {
    const numbers = this.#numbers;
    if (line === 1 && byteOrderMark.every((byte, i) => bytes[start + i] === byte)) {
      start += byteOrderMark.length;
    }
    const end = scanCanonical(bytes, start, numbers, 0);
    if (end < 0 || bytes[end] !== LINE_END) return this.#readAny(bytes, start, line);
    const [stream, streamEnd] = [numbers[Packed.stream]!, numbers[Packed.stream + 1]!];
    this.type = this.#types.of(bytes, numbers[Packed.type]!, numbers[Packed.type + 1]!);
    this.streamStart = stream - 1;
    this.streamEnd = streamEnd + 1;
    this.data = numbers[Packed.data]!;
    this.metadata = numbers[Packed.metadata + 1] === 0 ? -1 : numbers[Packed.metadata]!;
    this.end = end + 1;
    return true;
  }

  #readAny(bytes: Uint8Array, start: number, line: number): boolean {
    const end = bytes.indexOf(LINE_END, start);
    this.end = end + 1;
    let at = start;
    while (at < end && isBlank(bytes[at]!)) at++;
    if (at === end) return false;
    // A payload stands one level deep in its line.
    const problem = jsonProblem(textOf(bytes, at, end), 1 + jsonDepthMax);
    if (problem?.isTooDeep) throw invalid(line, `its JSON is nested deeper than ${jsonDepthMax}`);
    if (problem !== undefined || bytes[at] !== OPEN_OBJECT) throw invalid(line, "it is not JSON");
    this.#readFields(bytes, at, line);
    return true;
  }

  #readFields(bytes: Uint8Array, start: number, line: number): void {
    const starts = new Map<string, number>();
    let at = afterSpace(bytes, start + 1);
    while (bytes[at] !== CLOSE_OBJECT) {
      const keyEnd = afterString(bytes, at);
      const field = stringOf(bytes, at, keyEnd);
      // What no rule can name must not pass.
      if (!fields.has(field)) throw invalid(line, "it has a field that records do not have");
      if (starts.has(field)) throw invalid(line, `it has "${field}" twice`);
      const value = afterSpace(bytes, afterSpace(bytes, keyEnd) + 1);
      if (!fields.get(field)!.test(String.fromCharCode(bytes[value]!))) {
        throw invalid(line, `the value of "${field}" is of the wrong kind`);
      }
      starts.set(field, value);
      at = afterSpace(bytes, afterValue(bytes, value));
      if (bytes[at] === COMMA) at = afterSpace(bytes, at + 1);
    }
    for (const field of fields.keys()) {
      if (field !== "meta" && !starts.has(field)) throw invalid(line, `it has no "${field}"`);
    }
    const [stream, type] = [starts.get("stream")!, starts.get("type")!];
    this.streamStart = stream;
    this.streamEnd = afterString(bytes, stream);
    this.type = stringOf(bytes, type, afterString(bytes, type));
    this.data = payload(starts.get("data"));
    this.metadata = payload(starts.get("meta"));

    function payload(start: number | undefined): number {
      return start === undefined || bytes[start] === LETTER_N ? -1 : start;
    }
  }
}

function invalid(line: number, problem: string): EventoDBError {
  return new EventoDBError(
    "MASK_FAILED",
    `Cannot mask line ${line}: it is not a record: ${problem}`,
    { line, details: { kind: "invalid" } },
  );
}
