/**
 * What servers written in Go cannot do with an import, said before it is too late.
 *
 * @module
 */

import type { EventoDBError } from "../../errors.ts";
import { goImportBytesMax } from "../limits.ts";
import { formatBytes } from "../terminal/format.ts";
import { CommandError } from "../problems.ts";

const sizeLimit = `servers written in Go take at most ${goImportBytesMax / 1e6} MB in one import`;
/** What a server's refusal of a long body may look like. */
const brokenOff: readonly string[] = [
  "CONNECTION_FAILED",
  "OUTCOME_UNKNOWN",
  "UNEXPECTED_ANSWER",
  "IMPORT_FAILED",
];

/**
 * Refuses `--existing skip` for a server that would not know it: it would take it for an import of new
 * events, and fail in the middle.
 *
 * @param features What the server says that it can do.
 * @throws {CommandError} It cannot skip.
 */
export function refuseSkip(features: readonly string[]): void {
  if (features.includes("import-atomic")) return;
  throw new CommandError(
    "This server does not know --existing skip: only servers of this package do",
    [
      "Nothing was sent",
      "Import into a fresh namespace, which eventodb ns create NAME creates, or replace all that the " +
      "namespace holds with --force",
    ],
  );
}

/**
 * Notes that an input is larger than what servers written in Go are known to take.
 *
 * @param features What the server says that it can do.
 * @returns The note, or `undefined`.
 */
export function sizeNote(
  input: { name: string; path?: string; size?: number },
  features: readonly string[],
): string | undefined {
  if (features.includes("import-atomic") || (input.size ?? 0) <= goImportBytesMax) return undefined;
  return `Note: ${sizeLimit}, and ${input.name} has ${formatBytes(input.size!)}. ${
    wayToSplit(input)
  }`;
}

/**
 * What to do about a body that may have been too large.
 *
 * @param error What has failed.
 * @param input The input, and how much of it was read.
 * @param atomic Whether the server is one of ours, which has no such limit.
 */
export function sizeHints(
  error: EventoDBError,
  input: { name: string; path?: string; bytesRead: number },
  atomic: boolean,
): string[] {
  const isSaid = error.status === 413 || error.details?.status === 413 ||
    /\b(?:body|request|entity) (?:is )?too large\b/i.test(error.message);
  const isLikely = !atomic && input.bytesRead > goImportBytesMax && brokenOff.includes(error.code);
  if (!isSaid && !isLikely) return [];
  const limit = sizeLimit.replace(/^s/, "S");
  return [`${atomic ? "" : `${limit}. `}${wayToSplit(input)}`];
}

/** Lines stand for themselves, so that a file can be cut after any of them. */
function wayToSplit({ name, path }: { name: string; path?: string }): string {
  const file = path === undefined ? "FILE" : /^[\w./-]+$/.test(name) ? name : `'${name}'`;
  return `Split it after some lines and import the parts in order: split -l 100000 ${file} part-`;
}
