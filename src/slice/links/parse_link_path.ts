/**
 * Parses links that are declared.
 *
 * @module
 */

import { EventoDBError } from "../../errors.ts";
import { excerpt } from "../../excerpt.ts";
import { parsePath } from "../../json/parse_path.ts";
import type { PathSegment } from "../../json/path.ts";
import { nameProblem } from "../../names.ts";
import type { LinkPath } from "./link_path.ts";

/**
 * Parses a declared link.
 *
 * @param text `data` or `metadata` with segments as in RFC 9535, `=`, and a stream's name with `{}` for the
 * value there.
 * @throws {EventoDBError} `INVALID_REQUEST`: it is not a link.
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
