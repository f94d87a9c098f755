/**
 * What is worth saying of what is related, though nothing is wrong.
 *
 * @module
 */

import type { Closure } from "../../slice/closure_result.ts";
import { categoryOf } from "../../stream_name.ts";
import { nearest } from "../../suggest.ts";
import { formatCount } from "../terminal/format.ts";

/**
 * Notes on a closure.
 *
 * @param closure The closure, if there is one.
 * @returns Lines: values that name no stream, and categories to stop at of which there is no stream.
 */
export function relatedNotes(closure: Closure | undefined): string[] {
  if (closure === undefined) return [];
  const { oddValues, stopAtUnmatched, streams } = closure;
  const odd = oddValues.map(({ link, values }) =>
    `Note: ${formatCount(values)} ${
      values === 1 ? "value" : "values"
    } of ${link} can name no stream`
  );
  if (stopAtUnmatched.length === 0) return odd;
  const categories = [...new Set(Array.from(streams, categoryOf))];
  const stops = stopAtUnmatched.map((category) => {
    const meant = nearest(category, categories);
    const hint = meant === undefined ? "" : `. Did you mean "${meant}"?`;
    return `Note: no stream of the category "${category}", at which to stop, is related${hint}`;
  });
  return [...odd, ...stops];
}
