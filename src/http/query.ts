/**
 * The query of a request: what is mistyped, or given twice, is refused, and does not mean "everything".
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { integerProblem, parseInteger, parsePosition } from "../integer.ts";
import { nameProblem } from "../names.ts";

/** The parameters that an endpoint knows. A token may always be among them. */
export interface KnownParameters {
  /** Those that have one value. */
  single: readonly string[];
  /** Those that may be repeated. */
  repeated?: readonly string[];
}

/** The parameters of a query, each reader for one kind of value. */
export class Query {
  readonly #query: URLSearchParams;
  readonly #action: string;
  readonly #skipsEmpty: boolean;

  /**
   * @param action What is asked for, such as `import`, for messages.
   * @param options Whether an empty parameter counts as absent.
   */
  constructor(query: URLSearchParams, action: string, { skipsEmpty = false } = {}) {
    this.#query = query;
    this.#action = action;
    this.#skipsEmpty = skipsEmpty;
  }

  /** Refuses parameters that would be ignored, and those that are given twice. */
  checkKnown({ single, repeated = [] }: KnownParameters): void {
    const seen = new Set<string>();
    const once = [...single, "token"];
    for (const name of this.#query.keys()) {
      if (repeated.includes(name)) continue;
      const shown = JSON.stringify(excerpt(name));
      if (!once.includes(name)) {
        const names = [...single, ...repeated].join(", ");
        const others = names === "" ? "Its only parameter is token" : `Its parameters are ${names}`;
        throw this.invalid(`there is no parameter ${shown}. ${others}`);
      }
      if (seen.has(name)) throw this.invalid(`${shown} is given twice`);
      seen.add(name);
    }
  }

  /** The one value of a parameter; two would leave open which is meant. */
  text(name: string): string | undefined {
    const all = this.#query.getAll(name);
    const values = this.#skipsEmpty ? all.filter((value) => value !== "") : all;
    if (values.length > 1) throw this.invalid(`"${name}" is given ${values.length} times`);
    return values[0];
  }

  /** A name, by itself or one of several. */
  name(name: string, value: string | undefined = this.text(name)): string | undefined {
    const problem = value === undefined ? null : nameProblem(value);
    if (problem !== null) throw this.problem(`"${name}"`, problem, value!);
    return value;
  }

  /** An integer. */
  integer(name: string): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : this.#checked(`"${name}"`, value, parseInteger(value));
  }

  /** A lower bound on positions. The value may also come from elsewhere. */
  position(
    name: string,
    value: string | undefined = this.text(name),
    label = `"${name}"`,
  ): number | undefined {
    return value === undefined ? undefined : this.#checked(label, value, parsePosition(value));
  }

  /** `true` or `false`, which is the default. */
  flag(name: string): boolean {
    const value = this.text(name);
    if (value === undefined || value === "false") return false;
    if (value === "true") return true;
    throw this.problem(`"${name}"`, "must be true or false", value);
  }

  /** The error for a value that will not do. */
  problem(label: string, reason: string, value: string): EventoDBError {
    return this.invalid(`${label} ${reason}, got ${JSON.stringify(excerpt(value))}`);
  }

  /** The error for a query that will not do. */
  invalid(reason: string): EventoDBError {
    return new EventoDBError("INVALID_REQUEST", `Cannot ${this.#action}: ${reason}`);
  }

  #checked(label: string, value: string, integer: number): number {
    const problem = integerProblem(integer);
    if (problem !== null) throw this.problem(label, problem, value);
    return integer;
  }
}
