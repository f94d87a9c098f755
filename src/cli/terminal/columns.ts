/**
 * Tables: columns that stand below each other, also where characters are wide or have no width.
 *
 * @module
 */

import { printable } from "../../printable.ts";

/**
 * Aligns the cells of rows. A table that is wider than the terminal is split: its further columns stand below,
 * beside the first one again.
 *
 * @param rows The rows, as many cells each.
 * @param width Most columns of a line.
 * @returns The lines.
 */
export async function formatColumns(
  rows: readonly (readonly string[])[],
  width: number = outputColumns(),
): Promise<string[]> {
  // What is shown is measured: an escape is longer than what it stands for.
  const shown = rows.map((row) => row.map(printable));
  const widthOf = await widthOfAll(shown.flat());
  const cells = shown.map((row) => row.map((text) => ({ text, width: widthOf(text) })));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [i, { width }] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, width);
  }
  return splitColumns(widths, width).flatMap((columns, part) => [
    ...part === 0 ? [] : [""],
    ...cells.map((row) =>
      columns.map((i) => row[i]!.text + " ".repeat(widths[i]! - row[i]!.width)).join("  ").trimEnd()
    ),
  ]);
}

/** How to measure texts. The tables of Unicode take long to load: only where a text needs them. */
async function widthOfAll(texts: readonly string[]): Promise<(text: string) => number> {
  if (texts.every((text) => /^[ -~]*$/.test(text))) return (text) => text.length;
  return (await import("../../deps/string_width.ts")).unicodeWidth;
}

/** Which columns stand beside each other. */
function splitColumns(widths: readonly number[], width: number): number[][] {
  const [first = 0] = widths;
  let part = [0];
  let used = first;
  const parts = [part];
  for (let i = 1; i < widths.length; i++) {
    used += 2 + widths[i]!;
    if (used > width && part.length > 1) {
      parts.push(part = [0]);
      used = first + 2 + widths[i]!;
    }
    part.push(i);
  }
  return parts;
}

/** Files and pipes have lines of any length. */
function outputColumns(): number {
  try {
    return Deno.stdout.isTerminal() && Deno.consoleSize().columns || Infinity;
  } catch {
    return Infinity;
  }
}
