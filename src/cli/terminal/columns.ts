/**
 * Tables: columns that stand below each other, also where characters are wide or have no width.
 *
 * @module
 */

import { printable } from "../../printable.ts";

/**
 * Aligns the cells of rows.
 *
 * @param rows The rows, as many cells each.
 * @returns A line for each row.
 */
export async function formatColumns(rows: readonly (readonly string[])[]): Promise<string[]> {
  const { unicodeWidth } = await import("../../deps/string_width.ts");
  // What is shown is measured: an escape is longer than what it stands for.
  const shown = rows.map((row) => row.map(printable));
  const cells = shown.map((row) => row.map((text) => ({ text, width: unicodeWidth(text) })));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [i, { width }] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, width);
  }
  return cells.map((row) =>
    row.map(({ text, width }, i) => text + " ".repeat(widths[i]! - width)).join("  ").trimEnd()
  );
}
