/**
 * The slice that a manifest's selection means.
 *
 * @module
 */

import { invalid, type Manifest } from "./manifest.ts";
import type { Slice } from "../slice.ts";
import { directions, type FieldKind, isListKind, sliceParameters } from "../slice_parameters.ts";

/** What each field may be in a selection. */
const checks = new Map<string, (value: unknown) => boolean>(
  sliceParameters.map(([field, { kind }]) => [field, (value) => isOfKind(kind, value)]),
);

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
    if (checks.get(field)?.(value)) continue;
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

function isOfKind(kind: FieldKind, value: unknown): boolean {
  if (isListKind(kind)) {
    return Array.isArray(value) && value.every((each) => typeof each === "string");
  }
  if (kind === "direction") return directions.some((direction) => direction === value);
  if (kind === "flag") return typeof value === "boolean";
  return kind === "time" ? typeof value === "string" : typeof value === "number";
}
