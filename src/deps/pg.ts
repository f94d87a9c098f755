/**
 * `pg`, typed.
 *
 * @module
 */

// @ts-types="npm:@types/pg@8.23.1"
export { default } from "npm:pg@8.23.1";
// @ts-types="npm:@types/pg@8.23.1"
export type { CustomTypesConfig, PoolClient, PoolConfig } from "npm:pg@8.23.1";
