/**
 * Help texts, made from the commands' own data.
 *
 * @module
 */

import type { CommandEntry } from "./command.ts";
import type { CommandShape, Option } from "./command_shape.ts";
import { helpLineCharsMax } from "./limits.ts";

const helpOption: Option = { name: "help", help: "Show this help" };
/** Where explanations begin, unless what stands before them is longer. */
const widestIndent = 28;

/**
 * The help of a command.
 *
 * @returns The text, without a line end.
 */
export function commandHelp(command: CommandShape): string {
  const { name, description, operands = [], options, examples } = command;
  const words = operands.map(({ name, optional, repeated }) => {
    const word = repeated ? `${name}...` : name;
    return optional ? `[${word}]` : word;
  });
  const usage = ["eventodb", name, ...words, ...options.length > 0 ? ["[options]"] : []];
  return [
    wrap(description, helpLineCharsMax).join("\n"),
    `Usage: ${usage.join(" ")}`,
    section("Arguments", operands.map((operand) => [operand.name, operand.help])),
    ...optionSections(options),
    examples.length === 0 ? "" : [
      "Examples:",
      ...examples.map(({ text, line }) =>
        `  # ${text}\n${line.split("\n").map((part) => `  ${part}`).join("\n")}`
      ),
    ].join("\n"),
  ].filter((part) => part !== "").join("\n\n");
}

/**
 * The help of a group of commands, such as `ns`, or of all.
 *
 * @param entries The commands.
 * @param intro What they are.
 * @param closing What else there is to say.
 * @param more Sections between the commands and that.
 * @returns The text, without a line end.
 */
export function overview(
  entries: readonly CommandEntry[],
  intro: string,
  closing: readonly string[],
  more: readonly string[] = [],
): string {
  return [
    intro,
    "Usage: eventodb COMMAND [options]",
    section("Commands", entries.map(({ name, summary }) => [name, summary])),
    ...more,
    closing.join("\n"),
  ].join("\n\n");
}

/**
 * The options of a command among the help of others.
 *
 * @param title What stands above them.
 * @returns The text, without a line end.
 */
export function optionsHelp(title: string, options: readonly Option[]): string {
  return section(title, options.map(optionRow));
}

/** Sections with one indent; a command's own options come first. */
function optionSections(options: readonly Option[]): string[] {
  const groups = Map.groupBy([...options, helpOption], ({ group }) => group);
  const own = groups.get(undefined)!;
  groups.delete(undefined);
  const sections = [["Options", own] as const, ...groups].map(([title, some]) =>
    [title!, some.map(optionRow)] as const
  );
  const indent = indentOf(sections.flatMap(([, rows]) => rows));
  return sections.map(([title, rows]) => section(title, rows, indent));
}

function optionRow(option: Option): [string, string] {
  const { name, short, value, help, choices, env } = option;
  const spelling = short === undefined ? `--${name}` : `-${short}, --${name}`;
  const facts = [
    choices === undefined || choices.length === 1 ? "" : `one of ${choices.join(", ")}`,
    option.default === undefined ? "" : `default: ${option.default}`,
    env === undefined ? "" : `or ${env}`,
  ].filter((fact) => fact !== "");
  return [
    value === undefined ? spelling : `${spelling} ${value}`,
    facts.length === 0 ? help : `${help} (${facts.join("; ")})`,
  ];
}

/** A term and what it means. */
type Row = readonly [term: string, text: string];

function indentOf(rows: readonly Row[]): number {
  return Math.min(2 + Math.max(...rows.map(([term]) => term.length)) + 2, widestIndent);
}

function section(title: string, rows: readonly Row[], indent: number = indentOf(rows)): string {
  if (rows.length === 0) return "";
  const lines = rows.map(([term, text]) => {
    const [first, ...more] = wrap(text, helpLineCharsMax - indent);
    const padding = " ".repeat(indent);
    const head = `  ${term}`;
    const start = head.length + 2 > indent
      ? `${head}\n${padding}${first}`
      : `${head.padEnd(indent)}${first}`;
    return [start, ...more.map((line) => padding + line)].join("\n");
  });
  return [`${title}:`, ...lines].join("\n");
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
