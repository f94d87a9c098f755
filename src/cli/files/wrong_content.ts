/**
 * The error of an input that cannot be records, with the command that makes lines of it.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { type Content, describe } from "../../record/content.ts";
import { CommandError } from "../problems.ts";
import type { Input } from "./input.ts";

/** What was to be done with the input. */
export interface ContentUse {
  /** Such as `Cannot import`. */
  action: string;
  /** What comes after the command that makes lines, such as `| eventodb import …`. */
  next: string;
  /** What the failure means, before what helps. */
  meaning?: readonly string[];
}

/**
 * The error of an input that cannot be records.
 *
 * @param content What it is.
 * @param use What was to be done with it.
 */
export function wrongContent(
  input: Pick<Input, "name" | "path" | "gzip">,
  content: Content,
  { action, next, meaning = [] }: ContentUse,
): CommandError {
  const { what, advice } = content;
  const inside = input.gzip ? "it is gzip data of " : "it is ";
  const message = `${action} ${input.name}: ${inside}${what}, not one record a line`;
  const command = commandFor(input, content);
  const hints = [
    ...meaning,
    ...command === undefined ? [] : [`Try: ${command} ${next}`],
    ...advice === undefined ? [] : [advice],
  ];
  const cause = new EventoDBError("INVALID_JSON", `${action}: ${describe(content)}`);
  return new CommandError(message, hints, { cause });
}

/** The command that makes lines of an input. */
function commandFor(
  { path, gzip }: Pick<Input, "path" | "gzip">,
  { filter, extract }: Content,
): string | undefined {
  if (filter === undefined) {
    return extract === undefined || path === undefined || gzip
      ? undefined
      : `${extract} ${quoted(path)}`;
  }
  if (path === undefined) return gzip ? `… | gzip -dc | ${filter}` : `… | ${filter}`;
  return gzip ? `gzip -dc < ${quoted(path)} | ${filter}` : `${filter} < ${quoted(path)}`;
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
