/**
 * The categories that a read is limited to.
 *
 * @module
 */

import { mergedCategoriesMax } from "./limits.ts";
import type { MessageQuery } from "./store.ts";

/** How some categories are read. */
export interface CategoryChoice {
  /** Each once; none when nothing can match. */
  names: string[];
  /** The index ranges of so few are merged; for more, every message's category is looked at. */
  areMerged: boolean;
}

/** Chooses how a query's categories are read; `undefined` for a query of all. */
export function chooseCategories({ categories }: MessageQuery): CategoryChoice | undefined {
  if (categories === undefined) return undefined;
  const names = [...new Set(categories)].filter((category) => !category.includes("-"));
  return { names, areMerged: names.length <= mergedCategoriesMax };
}
