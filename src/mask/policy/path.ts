/**
 * The paths of a policy: JSONPath (RFC 9535) without filter expressions.
 *
 * @module
 */

import { excerpt } from "../../excerpt.ts";
import { pathAlternativesMax, pathSegmentsMax } from "../limits.ts";
import type { parseJsonPath } from "../../deps/json_path.ts";

/** Which children of a value a step leads to. */
export type Step =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "index"; readonly index: number }
  | {
    readonly kind: "slice";
    readonly start: number | null;
    readonly end: number | null;
    readonly step: number;
  }
  | { readonly kind: "all" };

/** A segment with one selector: a step from the value itself, or from any value below it as well. */
export interface PathSegment {
  /** Whether it stands after `..`. */
  readonly isDescendant: boolean;
  /** Where it leads. */
  readonly step: Step;
}

/** A path with one selector in each segment. */
export type Path = readonly PathSegment[];

/** How specific each kind of segment is. */
const ranks = { name: 3, index: 2, slice: 1, all: 0 } as const;

/**
 * Reads a path.
 *
 * @param text The path, such as `$.items[*].sku`.
 * @param parse The parser, which is loaded late.
 * @returns The paths that it stands for: one for each combination of selectors. Or what is wrong, and what
 * would be right.
 */
export function readPath(text: string, parse: typeof parseJsonPath): Path[] | string {
  let segments;
  try {
    segments = parse(text).segments;
  } catch (error) {
    return syntaxProblem(text, error);
  }
  if (segments.length > pathSegmentsMax) {
    return `${shown(text)} has more than ${pathSegmentsMax} segments`;
  }
  let paths: PathSegment[][] = [[]];
  for (const { type, node } of segments) {
    const selectors = node.type === "BracketedSelection" ? node.selectors : [node];
    const steps: Step[] = [];
    for (const selector of selectors) {
      switch (selector.type) {
        case "NameSelector":
        case "MemberNameShorthand":
          steps.push({ kind: "name", name: selector.value });
          break;
        case "IndexSelector":
          if (!Number.isSafeInteger(selector.value)) return `${shown(text)} has too large an index`;
          steps.push({ kind: "index", index: selector.value });
          break;
        case "SliceSelector": {
          const { start, end, step } = selector;
          if (![start ?? 0, end ?? 0, step ?? 1].every(Number.isSafeInteger)) {
            return `${shown(text)} has too large an index`;
          }
          steps.push({ kind: "slice", start, end, step: step ?? 1 });
          break;
        }
        case "WildcardSelector":
          steps.push({ kind: "all" });
          break;
        default:
          return `${
            shown(text)
          } has a filter expression, which policies do not have: name the path ` +
            "without it, with [*] for all elements";
      }
    }
    if (paths.length * steps.length > pathAlternativesMax) {
      return `${
        shown(text)
      } stands for more than ${pathAlternativesMax} paths: write several rules`;
    }
    const isDescendant = type === "DescendantSegment";
    paths = paths.flatMap((path) => steps.map((step) => [...path, { isDescendant, step }]));
  }
  return paths;
}

/**
 * Compares two paths by how specific they are: more segments come later, then a name before an index
 * before a slice before `*` before `..`, from the first segment on.
 *
 * @param a A path.
 * @param b Another one.
 * @returns Negative where the first is less specific, 0 where both are alike.
 */
export function compareSpecificity(a: Path, b: Path): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i++) {
    const difference = rankOf(a[i]!) - rankOf(b[i]!);
    if (difference !== 0) return difference;
  }
  return 0;
}

function rankOf({ isDescendant, step }: PathSegment): number {
  return ranks[step.kind] + (isDescendant ? 0 : 4);
}

/**
 * A spelling that all spellings of a path have in common.
 *
 * @param path The path.
 * @returns Such as `$['items'][*]['sku']`.
 */
export function normalizedPath(path: Path): string {
  return `$${path.map(segmentText).join("")}`;
}

function segmentText({ isDescendant, step }: PathSegment): string {
  const dots = isDescendant ? ".." : "";
  switch (step.kind) {
    case "name":
      return `${dots}[${JSON.stringify(step.name)}]`;
    case "index":
      return `${dots}[${step.index}]`;
    case "slice":
      return `${dots}[${step.start ?? ""}:${step.end ?? ""}:${step.step}]`;
    case "all":
      return `${dots}[*]`;
  }
}

function syntaxProblem(text: string, error: unknown): string {
  const example = "such as $.email, $.items[*].sku or $['first name']";
  if (!text.startsWith("$")) {
    const hint = /^[\w.]+$/.test(text) ? `: write $.${text}` : `, ${example}`;
    return `${shown(text)} is not a JSONPath, which begins with $${hint}`;
  }
  const offset = (error as { location?: { start: { offset: number } } }).location?.start.offset;
  const at = offset === undefined
    ? ""
    : offset >= text.length
    ? ": it ends too early"
    : `: ${JSON.stringify(text.slice(offset).match(/^./u)?.[0])} at character ${
      offset + 1
    } is wrong`;
  return `${shown(text)} is not a JSONPath (RFC 9535)${at}. Right is a path ${example}`;
}

function shown(text: string): string {
  return JSON.stringify(excerpt(text));
}
