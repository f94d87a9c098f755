/**
 * Named values as they came in, still JSON text: the arguments of a call, and the fields of an
 * option object. Each reader checks one kind of value and names what is wrong with it; `null` means
 * absent wherever a value is optional.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { integerProblem, type IntegerRange, parseInteger, parsePosition } from "../integer.ts";
import { compactWithin, splitObject } from "../json/scan.ts";
import { jsonDepthMax } from "../limits.ts";
import { objectFieldsMax } from "./limits.ts";
import { nameProblem, namespaceProblem } from "../names.ts";

/** Values by name, each of them JSON text. */
export class Fields {
  readonly #method: string;
  readonly #values: ReadonlyMap<string, string>;

  /**
   * @param method The method that is called, for messages.
   * @param values The values by name; of a repeated name the last one counts, as `JSON.parse` has it.
   */
  constructor(method: string, values: Iterable<readonly [string, string]>) {
    this.#method = method;
    this.#values = new Map(values);
  }

  /** Whether there is no value at all. */
  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** All of them, parsed. Numbers are JavaScript's. */
  get parsed(): Record<string, unknown> {
    return Object.fromEntries(this.#values.entries().map(([name, raw]) => [name, JSON.parse(raw)]));
  }

  /** A string, or `undefined` when absent. */
  optionalString(name: string): string | undefined {
    const raw = this.#optional(name);
    if (raw === undefined) return undefined;
    if (!raw.startsWith('"')) throw this.problem(name, "must be a string", raw);
    return JSON.parse(raw) as string;
  }

  /** A string that a rule finds nothing wrong with, or `undefined` when absent. */
  optionalText(
    name: string,
    problemOf: (value: string) => string | null = nameProblem,
  ): string | undefined {
    const value = this.optionalString(name);
    if (value === undefined) return undefined;
    const problem = problemOf(value);
    if (problem !== null) throw this.problem(name, problem, JSON.stringify(excerpt(value)));
    return value;
  }

  /** A stream name, a message type or the like. */
  name(name: string): string {
    return this.optionalText(name) ?? this.#missing(name, "a string");
  }

  /** A namespace id. */
  namespace(name: string): string {
    return this.optionalText(name, namespaceProblem) ?? this.#missing(name, "a string");
  }

  /** A name, or the empty string, which is the default. */
  nameOrEmpty(name: string): string {
    return this.optionalText(name, (value) => value === "" ? null : nameProblem(value)) ?? "";
  }

  /** An integer, or `undefined` when absent. */
  optionalInteger(name: string, range?: IntegerRange): number | undefined {
    const raw = this.#optional(name);
    return raw === undefined ? undefined : this.#checked(name, parseInteger(raw), range);
  }

  /** A lower bound on positions, or `undefined` when absent; a negative one means 0. */
  optionalPosition(name: string): number | undefined {
    const raw = this.#optional(name);
    return raw === undefined ? undefined : this.#checked(name, parsePosition(raw));
  }

  /** An object taken apart; one without fields when absent. */
  object(name: string): Fields {
    return this.optionalObject(name) ?? new Fields(this.#method, []);
  }

  /** An object taken apart, or `undefined` when absent. */
  optionalObject(name: string): Fields | undefined {
    const raw = this.#optional(name);
    if (raw === undefined) return undefined;
    if (!raw.startsWith("{")) throw this.problem(name, "must be an object", raw);
    const fields = splitObject(raw, objectFieldsMax + 1);
    if (fields.length > objectFieldsMax) {
      const most = objectFieldsMax.toLocaleString("en-US");
      throw this.problem(name, `must have at most ${most} fields`, "more");
    }
    return new Fields(this.#method, fields);
  }

  /** An object that has to be there, taken apart. */
  requiredObject(name: string): Fields {
    return this.optionalObject(name) ?? this.#missing(name, "an object");
  }

  /** The text of an object, untouched but for insignificant white space. */
  objectText(name: string): string {
    return this.optionalObjectText(name) ?? this.#missing(name, "an object");
  }

  /** The text of an object, or `null` when absent. */
  optionalObjectText(name: string): string | null {
    const raw = this.#optional(name);
    if (raw === undefined) return null;
    if (!raw.startsWith("{")) throw this.problem(name, "must be an object", raw);
    const compact = compactWithin(raw, jsonDepthMax);
    if (typeof compact === "string") return compact;
    throw this.problem(name, `must be nested at most ${jsonDepthMax} deep`, `${compact}`);
  }

  /**
   * The error for a value that will not do.
   *
   * @param name Which one.
   * @param reason What it must be, or what is wrong with it.
   * @param shown The value, as JSON text.
   * @returns The error, to be thrown.
   */
  problem(name: string, reason: string, shown: string): EventoDBError {
    return this.invalid(`"${name}" ${reason}, got ${excerpt(shown)}`);
  }

  /** The error for values that will not do. */
  invalid(reason: string): EventoDBError {
    return new EventoDBError("INVALID_REQUEST", `Cannot call ${this.#method}: ${reason}`);
  }

  #checked(name: string, integer: number, range?: IntegerRange): number {
    const problem = integerProblem(integer, range);
    if (problem !== null) throw this.problem(name, problem, this.#values.get(name)!);
    return integer;
  }

  #optional(name: string): string | undefined {
    const raw = this.#values.get(name);
    return raw === "null" ? undefined : raw;
  }

  #missing(name: string, kind: string): never {
    const raw = this.#values.get(name);
    throw this.problem(name, `must be ${kind}`, raw ?? "nothing");
  }
}
