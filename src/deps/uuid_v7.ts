/**
 * `@std/uuid/v7`, typed.
 *
 * @module
 */

// @ts-types="./uuid_v7.d.ts"
export { generate } from "@std/uuid/v7";
