/**
 * The bounds of single commands.
 *
 * @module
 */

/** Most places and rules of each kind that `mask check` names for people; `--json` has all of them. */
export const maskPlacesNamedMax: number = 100;
