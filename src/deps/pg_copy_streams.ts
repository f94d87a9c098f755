/**
 * `npm:pg-copy-streams`, typed.
 *
 * @module
 */

// @ts-types="@types/pg-copy-streams"
export { from } from "pg-copy-streams";
// @ts-types="@types/pg-copy-streams"
export type { CopyStreamQuery } from "pg-copy-streams";
