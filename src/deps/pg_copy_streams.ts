/**
 * `pg-copy-streams`, typed.
 *
 * @module
 */

// @ts-types="npm:@types/pg-copy-streams@1.2.5"
export { from } from "npm:pg-copy-streams@7.0.0";
// @ts-types="npm:@types/pg-copy-streams@1.2.5"
export type { CopyStreamQuery } from "npm:pg-copy-streams@7.0.0";
