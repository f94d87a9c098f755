/**
 * The figures, for people.
 *
 * @module
 */

import type { Figure, Unit } from "./bench.ts";
import type { Machine } from "./machine.ts";

/**
 * Names the machine.
 *
 * @param machine The machine.
 * @returns Some lines.
 */
export function machineText(machine: Machine): string {
  const { cpu, cores, memoryGiB, fileSystem, system, versions } = machine;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${cores} × ${cpu}, ${memoryGiB} GiB, ${fileSystem}, ${system}\n${programs.join(", ")}`;
}

/**
 * Writes figures as a table of Markdown.
 *
 * @param figures The figures.
 * @returns The table.
 */
export function table(figures: readonly Figure[]): string {
  const rows = [
    ["what", "ours", "beside", "ratio", "target", "peak MiB"],
    ...figures.map((figure) => [
      figure.what,
      amount(figure.ours, figure.unit),
      figure.beside ? `${amount(figure.beside.value, figure.unit)} ${figure.beside.what}` : "",
      figure.ratio === undefined ? "" : figure.ratio.toFixed(figure.ratio < 0.1 ? 3 : 2),
      targetText(figure.target),
      Object.entries(figure.peakMiB ?? {}).map(([name, mib]) => `${name} ${Math.round(mib)}`)
        .join(", "),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`
  );
  lines.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return lines.join("\n");
}

function targetText(target: Figure["target"]): string {
  if (target === undefined) return "";
  const verdict = target.met === undefined ? "" : target.met ? ": met" : ": missed";
  return target.text + verdict;
}

function amount(value: number, unit: Unit): string {
  const digits = unit === "ms" && value < 100 ? 1 : 0;
  const text = value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${text} ${unit}`;
}
