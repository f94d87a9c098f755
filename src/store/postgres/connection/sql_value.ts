/**
 * What can be handed to a statement.
 *
 * @module
 */

/** What a statement may bind. */
export type SqlValue = string | number | null | readonly (string | number | null)[];
