/**
 * The commands that a document shows.
 *
 * @module
 */

/** A command, and where it stands. */
export interface ShownCommand {
  /** The command, on one line. */
  text: string;
  /** The line of its beginning, from 1. */
  line: number;
}

/**
 * Finds the commands in a document: what stands in its blocks marked `sh`, without comments, a line
 * that ends in a backslash or a pipe joined with the next.
 *
 * @param markdown The document.
 * @returns The commands, in order.
 */
export function shownCommands(markdown: string): ShownCommand[] {
  const commands: ShownCommand[] = [];
  let inside = false;
  let begun: ShownCommand | undefined;
  for (const [index, raw] of markdown.split("\n").entries()) {
    const text = raw.trim();
    if (text.startsWith("```")) {
      inside = text === "```sh";
      continue;
    }
    if (!inside || text === "" || text.startsWith("#")) continue;
    const part = text.replace(/\s*\\$/, "");
    if (begun === undefined) commands.push(begun = { text: part, line: index + 1 });
    else begun.text += ` ${part}`;
    if (part === text && !text.endsWith("|")) begun = undefined;
  }
  return commands;
}
