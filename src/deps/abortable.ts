/**
 * `@std/async/abortable`, typed. It needs Node 22, so that the client, which is for Node 20, does without.
 *
 * @module
 */

// @ts-types="./abortable.d.ts"
export { abortable } from "npm:deno-std@1.4.0/async/abortable.js";
