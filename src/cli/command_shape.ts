/**
 * What a command looks like, as data: from it the command line is parsed, and the help is made.
 *
 * @module
 */

/** An option. */
export interface Option {
  /** Its long name, without dashes. */
  readonly name: string;
  /** One letter that stands for it, without its dash. */
  readonly short?: string;
  /** What stands for its value in the help, such as `FILE`. Absent: it has none, it is on or off. */
  readonly value?: string;
  /** What it is for. */
  readonly help: string;
  /** The heading in the help under which it stands with others; `Options` by default. */
  readonly group?: string;
  /** The environment variable that stands in for it. */
  readonly env?: string;
  /** What is taken when nothing is said, for the help. */
  readonly default?: string;
  /** The values that it takes. */
  readonly choices?: readonly string[];
  /** Whether it may be given several times, and holds a comma-separated list. */
  readonly list?: boolean;
  /** Whether it may be given several times, each time with one value, which may have commas. */
  readonly repeated?: boolean;
}

/** An argument without a name. */
export interface Operand {
  /** What stands for it in the help, such as `NAMESPACE`. */
  readonly name: string;
  /** What it is for. */
  readonly help: string;
  /** Whether it may be left out. */
  readonly optional?: boolean;
  /** Whether there may be several; only of the last one. */
  readonly repeated?: boolean;
}

/** A use of a command. */
export interface Example {
  /** What it does. */
  readonly text: string;
  /** The command line. */
  readonly line: string;
}

/** A command's words, arguments and options. */
export interface CommandShape {
  /** Its words, such as `ns create`. */
  readonly name: string;
  /** What it does, in the imperative: a sentence or a few. */
  readonly description: string;
  /** Arguments without a name. */
  readonly operands?: readonly Operand[];
  /** Its options. */
  readonly options: readonly Option[];
  /** How it is used. */
  readonly examples: readonly Example[];
}
