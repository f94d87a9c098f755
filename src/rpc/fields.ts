/**
 * Named values as they came in, still JSON text: the arguments of a call, and the fields of an
 * option object. Each reader checks one kind of value and names what is wrong with it; `null` means
 * absent wherever a value is optional.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { compactWithin, splitObject } from "../json/scan.ts";
import { jsonDepthMax, objectFieldsMax } from "../limits.ts";
import { nameProblem, namespaceProblem } from "../names.ts";

/** What an integer may be. */
export interface IntegerRange {
  /** The lowest. */
  min: number;
  /** The highest. Default: 2^53 − 1. */
  max?: number;
}

/** An integer, also one that a language without integers has written as 1.0. */
const integerForm = /^-?\d+(?:\.0+)?$/;

/** A negative integer of any size: what it means does not depend on how low it is. */
const negativeForm = /^-\d+(?:\.0+)?$/;

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
  optionalInteger(name: string, { min, max }: IntegerRange): number | undefined {
    const raw = this.#optional(name);
    if (raw === undefined) return undefined;
    const value = integerForm.test(raw) ? Number(raw) : NaN;
    if (!Number.isSafeInteger(value)) {
      throw this.problem(name, "must be an integer of at most 2^53 − 1", raw);
    }
    if (value < min) throw this.problem(name, `must be at least ${min}`, raw);
    if (max !== undefined && value > max) throw this.problem(name, `must be at most ${max}`, raw);
    return value;
  }

  /** A lower bound on positions, or `undefined` when absent; a negative one means 0. */
  optionalPosition(name: string): number | undefined {
    return negativeForm.test(this.#optional(name) ?? "")
      ? 0
      : this.optionalInteger(name, { min: 0 });
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
    return new EventoDBError(
      "INVALID_REQUEST",
      `Cannot call ${this.#method}: "${name}" ${reason}, got ${excerpt(shown)}`,
    );
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
