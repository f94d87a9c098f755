/**
 * What `eventodb verify` has found, for people.
 *
 * @module
 */

import type { Problem, Verification } from "../../slice/verify/verify.ts";
import type { Compared, NamespaceVerification } from "../../slice/verify/verify_namespace.ts";
import { formatCount, formatEvents } from "../terminal/format.ts";

/**
 * What was found, as lines.
 *
 * @param name What was verified.
 * @param comparisons What it was compared with, as sentences.
 * @param verification What was found.
 */
export function verificationLines(
  name: string,
  comparisons: readonly string[],
  { ok, events, streams, categories, first, last, gaps, counts, problems }: Verification,
): string[] {
  const range = first === null ? "" : `, global positions ${first} to ${last}`;
  const parts = `${formatCount(streams)} ${streams === 1 ? "stream" : "streams"} in ` +
    `${formatCount(categories)} ${categories === 1 ? "category" : "categories"}`;
  const lines = [
    `${name}: ${formatEvents(events)}, ${parts}${range}` +
    (gaps === 0
      ? ""
      : ` with ${formatCount(gaps)} ${gaps === 1 ? "gap" : "gaps"}, which is normal`),
    ...comparisons,
  ];
  if (ok) return [...lines, "Nothing is wrong"];
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  lines.push(`${formatCount(total)} ${total === 1 ? "problem" : "problems"}:`);
  lines.push(...problems.map(problemLine));
  if (total > problems.length) lines.push(`… and ${formatCount(total - problems.length)} more`);
  return lines;
}

function problemLine({ kind, message, line }: Problem): string {
  return `  ${kind}${line === undefined ? "" : `, line ${line}`}: ${message}`;
}

const names: Readonly<Record<Compared, string>> = {
  info: "ns.info",
  categories: "ns.categories",
  streams: "ns.streams",
  category_index: "reads by category",
  stream_index: "reads by stream",
};

/**
 * What a namespace's events were compared with, as sentences.
 *
 * @param found What was found.
 */
export function comparedLines({ compared, isWritten }: NamespaceVerification): string[] {
  const all = Object.keys(names) as Compared[];
  const missing = all.filter((each) => !compared.includes(each));
  return [
    `Compared with ${compared.map((each) => names[each]).join(", ")}`,
    ...missing.length === 0
      ? []
      : [`Not reported by this server: ${missing.map((each) => names[each]).join(", ")}`],
    ...isWritten
      ? ["Events were written meanwhile: counts may be higher than those of the events"]
      : [],
  ];
}
