/**
 * The fields of a slice as a request gives them, checked: what is misunderstood must not mean "everything".
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { integerProblem, type IntegerRange } from "../integer.ts";
import { nameProblem, patternProblem } from "../names.ts";
import type { Slice } from "./slice.ts";
import { SliceFilter } from "./slice_filter.ts";
import { directions, fieldsFor, type SliceParameter, sliceParameters } from "./slice_parameters.ts";
import { parseWindow } from "./window.ts";

/** A slice with a lower bound. */
export type RequestedSlice = Slice & { from: number };

/** Fields by name, as JSON has them. */
export type GivenFields = Readonly<Record<string, unknown>>;

/** Fields that say which events are meant one by one, each by itself. */
export const selectionFields: readonly (keyof Slice)[] = fieldsFor("bound", "choice");

const allFields: readonly (keyof Slice)[] = sliceParameters.map(([field]) => field);

/** Whose fields they are. */
export interface SliceFieldsOptions {
  /** What a field is called in the request, where that is not its name. */
  names?: Partial<Record<keyof Slice, string>>;
  /**
   * What cannot be done with fields that are wrong.
   *
   * @default {"Cannot export"}
   */
  failure?: string;
  /** Those that there are. Default: all of a slice. */
  fields?: readonly (keyof Slice)[];
  /** Further fields of the request, for the error of an unknown one; they are not among those given. */
  others?: readonly string[];
}

/**
 * Checks the fields of a slice.
 *
 * @param given The fields; `null` stands for one that is absent.
 * @param options Whose they are.
 * @returns The slice, its times in UTC.
 * @throws {EventoDBError} `INVALID_REQUEST`, naming the field.
 */
export function sliceOfFields(
  given: GivenFields,
  { names = {}, failure = "Cannot export", fields = allFields, others = [] }: SliceFieldsOptions =
    {},
): RequestedSlice {
  const refusal = (problem: string) =>
    new EventoDBError("INVALID_REQUEST", `${failure}: ${problem}`);
  const unknown = Object.keys(given).find((name) => !(fields as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw refusal(
      `there is no field ${JSON.stringify(excerpt(unknown))}. Its fields are ${
        [...others, ...fields].join(", ")
      }`,
    );
  }
  const read = new FieldReader(given, names, refusal);
  const whole: Slice = Object.fromEntries(
    sliceParameters.map(([name, parameter]) => [name, read.field(name, parameter)]),
  );
  const window = parseWindow(whole, {
    since: names.since ?? "since",
    until: names.until ?? "until",
  });
  const slice: RequestedSlice = { ...whole, ...window, from: whole.from ?? 1 };
  if (slice.relatedTo === undefined) {
    const idle = fieldsFor("links").find((name) => slice[name] !== undefined);
    if (idle !== undefined) {
      throw refusal(`"${names[idle] ?? idle}" needs "relatedTo", which says where to begin`);
    }
  } else if (slice.relatedTo.length === 0) throw refusal('"relatedTo" names no stream');
  // It finds what is wrong with a sample, and too many patterns.
  SliceFilter.of(slice);
  return slice;
}

/** Reads one field after the other. */
class FieldReader {
  readonly #given: GivenFields;
  readonly #names: Partial<Record<keyof Slice, string>>;
  readonly #refusal: (problem: string) => EventoDBError;

  constructor(
    given: GivenFields,
    names: Partial<Record<keyof Slice, string>>,
    refusal: (problem: string) => EventoDBError,
  ) {
    this.#given = given;
    this.#names = names;
    this.#refusal = refusal;
  }

  /** The value of a field, checked by its kind. */
  field(name: keyof Slice, { kind, min }: SliceParameter): unknown {
    switch (kind) {
      case "categories":
        return this.list(name, nameProblem);
      case "patterns":
        return this.list(name, patternProblem);
      case "links":
        return this.list(name, linkProblem);
      case "time":
        return this.text(name);
      case "position":
        return this.position(name);
      case "integer":
        return this.integer(name, { min });
      case "number":
        return this.number(name);
      case "flag":
        return this.flag(name);
      case "direction":
        return this.oneOf(name, directions);
    }
  }

  list(name: keyof Slice, problemOf: (text: string) => string | null): string[] | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.#problem(name, "must be an array of strings", value);
    for (const each of value) {
      if (typeof each !== "string") throw this.#problem(name, "must be an array of strings", each);
      const problem = problemOf(each);
      if (problem !== null) throw this.#problem(name, problem, each);
    }
    return value;
  }

  text(name: keyof Slice): string | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === "string") return value;
    throw this.#problem(name, "must be a string", value);
  }

  /** A position, of which a negative one of any size means 0. */
  position(name: keyof Slice): number | undefined {
    const value = this.#value(name);
    return typeof value === "number" && value < 0 ? 0 : this.integer(name);
  }

  integer(name: keyof Slice, range?: IntegerRange): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const problem = integerProblem(value, range);
    if (problem !== null) throw this.#problem(name, problem, value);
    return value as number;
  }

  number(name: keyof Slice): number | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === "number") return value;
    throw this.#problem(name, "must be a number", value);
  }

  flag(name: keyof Slice): boolean | undefined {
    const value = this.#value(name);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.#problem(name, "must be true or false", value);
  }

  oneOf<T extends string>(name: keyof Slice, texts: readonly T[]): T | undefined {
    const value = this.#value(name);
    const found = texts.find((text) => text === value);
    if (value === undefined || found !== undefined) return found;
    throw this.#problem(name, `must be one of ${texts.join(", ")}`, value);
  }

  #value(name: keyof Slice): unknown {
    return Object.hasOwn(this.#given, name) ? this.#given[name] ?? undefined : undefined;
  }

  #problem(name: keyof Slice, problem: string, value: unknown): EventoDBError {
    const shown = typeof value === "string"
      ? JSON.stringify(excerpt(value))
      : excerpt(JSON.stringify(value));
    return this.#refusal(`"${this.#names[name] ?? name}" ${problem}, got ${shown}`);
  }
}

/** Whether it is a link at all is found out by who follows it. */
function linkProblem(text: string): string | null {
  return text === "" ? "is empty" : null;
}
