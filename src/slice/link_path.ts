/**
 * Links that are declared: a place in an event's payload, and the name of the stream that its value means.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { excerpt } from "../excerpt.ts";
import { parsePath, type PathSegment, valuesAt } from "../json/path.ts";
import { decodeString, splitArray } from "../json/scan.ts";
import { nameProblem } from "../names.ts";

/** A declared link. */
export interface LinkPath {
  /** As it was declared, such as `data.orderId=order-{}`. */
  readonly text: string;
  /** Which payload it looks into. */
  readonly payload: "data" | "metadata";
  /** Where in it. */
  readonly segments: readonly PathSegment[];
  /** The stream's name, with `{}` for the value. */
  readonly template: string;
}

/**
 * Parses a declared link.
 *
 * @param text `data` or `metadata` with segments as in RFC 9535, `=`, and a stream's name with `{}` for the
 * value there.
 * @returns The link.
 * @throws {EventoDBError} `INVALID_REQUEST`: it is none.
 */
export function parseLinkPath(text: string): LinkPath {
  const [, path, template] =
    /^((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^='"])*)=(.*)$/s.exec(text) ??
      [];
  if (path === undefined || template === undefined) {
    throw wrongLink(text, "it has no =, as in data.orderId=order-{}");
  }
  const [, payload, rest] = /^(data|metadata)(.*)$/s.exec(path.trim()) ?? [];
  if (payload === undefined || rest === undefined || !/^[.[]/.test(rest)) {
    throw wrongLink(
      text,
      "its path must begin with data or metadata and a field, as in data.orderId",
    );
  }
  if (template.split("{}").length !== 2) {
    throw wrongLink(text, "the stream's name must have {} once, for the value, as in order-{}");
  }
  const problem = nameProblem(template);
  if (problem !== null) throw wrongLink(text, `the stream's name ${problem}`);
  return {
    text,
    payload: payload as LinkPath["payload"],
    segments: segmentsOf(text, rest),
    template,
  };
}

function segmentsOf(link: string, path: string): PathSegment[] {
  try {
    return parsePath(`$${path}`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const special = /^\.([^.[\]'"*]+)/.exec(path)?.[1];
    const hint = special === undefined || /^[\w\u0080-\uffff]+$/.test(special)
      ? ""
      : `. A name with other characters than letters, digits and _ is written ['${special}']`;
    throw wrongLink(link, `its path ${error.message}${hint}`, error);
  }
}

function wrongLink(link: string, problem: string, cause?: unknown): EventoDBError {
  return new EventoDBError(
    "INVALID_REQUEST",
    `${JSON.stringify(excerpt(link))} is not a link: ${problem}`,
    { cause },
  );
}

/** What a declared link says of one event. */
export interface DeclaredLinks {
  /** The names of the streams that it links to. */
  streams: string[];
  /** How many values were of a kind that names no stream. */
  odd: number;
}

/**
 * Finds the links of an event that are declared.
 *
 * @param path The declared link.
 * @param payload The payload that it looks into, as JSON; `null` for none.
 * @returns The streams. Strings and integers name one, as they are written; an array has one link for each
 * of its elements; `null` and what is absent have none.
 */
export function declaredLinks(path: LinkPath, payload: string | null): DeclaredLinks {
  const found: DeclaredLinks = { streams: [], odd: 0 };
  if (payload === null) return found;
  for (const value of valuesAt(payload, path.segments)) {
    for (const element of value.startsWith("[") ? splitArray(value) : [value]) {
      if (element === "null") continue;
      const id = idOf(element);
      const stream = id === undefined ? undefined : path.template.replace("{}", () => id);
      if (stream === undefined || nameProblem(stream) !== null) found.odd++;
      else found.streams.push(stream);
    }
  }
  return found;
}

/** The id that a value means; `undefined` for a kind that means none. */
function idOf(value: string): string | undefined {
  if (value.startsWith('"')) return decodeString(value) || undefined;
  return /^-?\d+$/.test(value) ? value : undefined;
}
