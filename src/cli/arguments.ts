/**
 * Command line → the values of a command's options, by its own table of them.
 *
 * @module
 */

import { parseArgs } from "../deps/parse_args.ts";
import { integerProblem, type IntegerRange, parseInteger } from "../integer.ts";
import type { CommandShape, Option } from "./command_shape.ts";
import { readEnv } from "./environment.ts";
import { UsageError } from "./problems.ts";
import { noteSource, sourceOf } from "./value_sources.ts";
import { nearest } from "../suggest.ts";

/** What was given to a command: on its command line, else in the environment. */
export class Arguments {
  /** The arguments without a name. */
  readonly operands: readonly string[];
  readonly #command: CommandShape;
  readonly #given: ReadonlyMap<string, string | boolean | readonly string[]>;

  /**
   * @param given The values of the options that were given.
   * @param operands The arguments without a name.
   */
  constructor(
    command: CommandShape,
    given: ReadonlyMap<string, string | boolean | readonly string[]>,
    operands: readonly string[],
  ) {
    this.#command = command;
    this.#given = given;
    this.operands = operands;
  }

  /**
   * An argument without a name that the command does not run without.
   *
   * @param index Its index, from 0.
   */
  operand(index: number): string {
    return this.operands[index]!; // checkOperands() has looked.
  }

  /**
   * The value of an option.
   *
   * @returns The value, or `undefined`.
   */
  text(name: string): string | undefined {
    const option = this.#option(name);
    const given = this.#given.get(name);
    const value = typeof given === "string" ? undefined : this.#fromEnv(option);
    noteSource(name, value === undefined ? `--${name}` : option.env!);
    if (typeof given === "string") return given;
    if (value !== undefined) checkChoice(option, value, option.env!);
    return value;
  }

  /** Whether an option was given on the command line, and not by the environment. */
  isTyped(name: string): boolean {
    return this.#given.has(name);
  }

  /**
   * Whether an option is on.
   *
   * @returns Whether it was given, also by the environment, and not as `false`.
   */
  flag(name: string): boolean {
    const option = this.#option(name);
    const given = this.#given.get(name);
    if (typeof given === "boolean") return given;
    const value = option.env === undefined ? undefined : readEnv(option.env);
    return value === undefined ? false : parseSwitch(option.env!, value);
  }

  /**
   * The values of an option that may be given several times.
   *
   * @returns The values; `undefined` when it was not given.
   */
  list(name: string): readonly string[] | undefined {
    const option = this.#option(name);
    const given = this.#given.get(name);
    const value = Array.isArray(given) ? undefined : this.#fromEnv(option);
    noteSource(name, value === undefined ? `--${name}` : option.env!);
    const texts = Array.isArray(given) ? given as readonly string[] : [value];
    if (option.repeated) return texts[0] === undefined ? undefined : texts as readonly string[];
    const values = texts.flatMap((text) => text?.split(",") ?? []).map((value) => value.trim());
    return texts[0] === undefined ? undefined : values.filter((value) => value !== "");
  }

  /**
   * The value of an option that is an integer.
   *
   * @param range What it may be.
   * @param hint What to give instead of a wrong value.
   * @returns The integer; `undefined` when the option was not given.
   * @throws {UsageError} The value is not an integer, or out of range.
   */
  integer(name: string, range: IntegerRange, hint: string): number | undefined {
    const text = this.text(name)?.trim();
    if (text === undefined) return undefined;
    const integer = parseInteger(text);
    const problem = integerProblem(integer, range);
    if (problem === null) return integer;
    throw new UsageError(`${sourceOf(name)} ${problem}, got "${text}"`, hint);
  }

  /** The variables that would stand in for options that were not given. */
  get variables(): readonly string[] {
    const isGiven = (name: string) =>
      this.#given.has(name) || (name === "token" && this.#given.has("token-file"));
    return this.#command.options.flatMap(({ name, env }) =>
      env === undefined || isGiven(name) ? [] : [env]
    );
  }

  #fromEnv({ env }: Option): string | undefined {
    return env === undefined ? undefined : readEnv(env);
  }

  #option(name: string): Option {
    const option = this.#command.options.find((option) => option.name === name);
    if (option === undefined) throw new Error(`${this.#command.name} has no option ${name}`);
    return option;
  }
}

/**
 * Reads a command's part of the command line. Long options may have one dash or two, and their
 * value after a space or `=`.
 *
 * @param args What follows its name.
 * @returns What was given.
 * @throws {UsageError} An option is unknown or has a wrong value; an argument is missing or too many.
 */
export function parseArguments(command: CommandShape, args: readonly string[]): Arguments {
  const { options } = command;
  const tokens = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  const { plain, given, switches } = spellOut(command, tokens);
  const named = (filter: (option: Option) => boolean) =>
    options.filter(filter).map(({ name }) => name);
  const parsed = parseArgs([...plain, ...args.slice(tokens.length)], {
    string: ["_", ...named(({ value }) => value !== undefined)],
    boolean: [],
    collect: named(({ list, repeated }) => list === true || repeated === true),
  });
  const values = new Map<string, string | boolean | string[]>(switches);
  for (const option of options) {
    const value = parsed[option.name];
    // What was not given may still come from the environment.
    if (!given.has(option.name) || value === undefined) continue;
    if (typeof value === "string") checkChoice(option, value, `--${option.name}`);
    values.set(option.name, value);
  }
  checkOperands(command, parsed._);
  return new Arguments(command, values, parsed._);
}

/**
 * Writes every option with a value as `--name=value`, so that nothing is left to guess, and takes the
 * switches out: `parseArgs` understands `--no-manifest=true` as a value of `manifest`.
 */
function spellOut(
  command: CommandShape,
  args: readonly string[],
): { plain: string[]; given: Set<string>; switches: Map<string, boolean> } {
  const plain: string[] = [];
  const switches = new Map<string, boolean>();
  const given = new Set<string>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const [, typed, attached] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
    if (typed === undefined) {
      plain.push(arg);
      continue;
    }
    const isShort = !arg.startsWith("--");
    const option = command.options.find((option) =>
      option.name === typed || (isShort && option.short === typed)
    );
    if (option === undefined) throw unknownOption(command, arg.replace(/=.*$/s, ""), typed);
    const { name } = option;
    if (option.value === undefined) {
      switches.set(name, attached === undefined || parseSwitch(`--${name}`, attached));
      continue;
    }
    given.add(name);
    const next: string | undefined = args[i + 1];
    const value = attached ?? (next === "-" || !next?.startsWith("-") ? next : undefined);
    if (value === undefined || value === "") {
      throw new UsageError(
        `--${name} needs a value`,
        `Use --${name} ${option.value}. ${seeHelp(command)}`,
      );
    }
    if (attached === undefined) i++;
    plain.push(`--${name}=${value}`);
  }
  return { plain, given, switches };
}

function unknownOption(command: CommandShape, typed: string, name: string): UsageError {
  const meant = nearest(name, command.options.map((option) => option.name));
  return new UsageError(
    `Unknown option ${typed} for ${command.name}`,
    `${meant === undefined ? "" : `Did you mean --${meant}? `}${seeHelp(command)}`,
  );
}

function checkChoice({ choices }: Option, value: string, source: string): void {
  if (choices === undefined || choices.includes(value)) return;
  const meant = nearest(value, choices);
  throw new UsageError(
    `${source} must be ${choices.join(", ").replace(/, ([^,]*)$/, " or $1")}, got "${value}"`,
    meant === undefined ? `Choose one of these values` : `Did you mean "${meant}"?`,
  );
}

function parseSwitch(source: string, value: string): boolean {
  const text = value.toLowerCase();
  if (["true", "1", "yes", "on"].includes(text)) return true;
  if (["false", "0", "no", "off"].includes(text)) return false;
  throw new UsageError(
    `${source} must be true or false, got "${value}"`,
    source.startsWith("--")
      ? `Give ${source} without a value to switch it on`
      : `Set it to one of these values`,
  );
}

function checkOperands(command: CommandShape, operands: readonly string[]): void {
  const { operands: wanted = [], name } = command;
  const missing = wanted[operands.length];
  if (missing !== undefined && !missing.optional) {
    throw new UsageError(`${name} needs ${missing.name}`, seeHelp(command));
  }
  if (operands.length <= wanted.length || wanted.at(-1)?.repeated) return;
  const most = wanted.length === 0
    ? "no positional arguments"
    : wanted.length === 1
    ? "one positional argument"
    : `${wanted.length} positional arguments`;
  throw new UsageError(
    `${name} takes ${most}, got "${operands[wanted.length]}"`,
    seeHelp(command),
  );
}

function seeHelp({ name }: CommandShape): string {
  return `"eventodb help ${name}" lists the options`;
}
