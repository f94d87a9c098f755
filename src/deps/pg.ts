/**
 * `npm:pg`, typed.
 *
 * @module
 */

// @ts-types="@types/pg"
export { default } from "pg";
// @ts-types="@types/pg"
export type { CustomTypesConfig, PoolClient, PoolConfig } from "pg";
