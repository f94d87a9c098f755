/**
 * The slice that a manifest's selection means.
 *
 * @module
 */

import { invalid, type Manifest } from "./manifest.ts";
import type { Slice } from "./slice.ts";

type Check = (value: unknown) => boolean;

const isNames: Check = (value) =>
  Array.isArray(value) && value.every((each) => typeof each === "string");
const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isSwitch: Check = (value) => typeof value === "boolean";

/** What may stand in a selection. */
const checks: Readonly<Record<keyof Slice, Check>> = {
  categories: isNames,
  streams: isNames,
  types: isNames,
  excludeCategories: isNames,
  excludeStreams: isNames,
  excludeTypes: isNames,
  since: isText,
  until: isText,
  from: isNumber,
  to: isNumber,
  sample: isNumber,
  relatedTo: isNames,
  direction: (value) => ["causes", "effects", "both"].includes(value as string),
  depth: isNumber,
  stopAt: isNames,
  eventsMax: isNumber,
  links: isNames,
  windowOnly: isSwitch,
};

/**
 * Reads the selection of a manifest.
 *
 * @param name What it is called in errors.
 * @returns The slice, up to the highest position that could come.
 * @throws {EventoDBError} `INVALID_MANIFEST` when there is something in it that this version does not know: what
 * it leaves out would then count as missing.
 */
export function sliceOf(
  { selection, upTo, last }: Pick<Manifest, "selection" | "upTo" | "last">,
  name: string,
): Slice {
  const { all: _, ...rest } = selection;
  for (const [field, value] of Object.entries(rest)) {
    const isRight = Object.hasOwn(checks, field) ? checks[field as keyof Slice] : undefined;
    if (isRight?.(value)) continue;
    throw invalid(
      name,
      `its selection has ${JSON.stringify(field)}: ${
        JSON.stringify(value)
      }, which this version does not know`,
    );
  }
  const slice = rest as Slice;
  // Where the source did not report how far it reached, what came shows it.
  return { ...slice, to: Math.min(slice.to ?? Infinity, upTo ?? last ?? 0) };
}
