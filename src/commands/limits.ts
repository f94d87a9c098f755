/**
 * The bounds of single commands.
 *
 * @module
 */

/** Most places and rules of each kind that `mask check` names for people; `--json` has all of them. */
export const maskPlacesNamedMax: number = 100;
/** Most characters of a text in a line of `diff` for people; `--json` has more. */
export const differenceCharsShownMax: number = 100;
