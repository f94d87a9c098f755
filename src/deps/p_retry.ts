/**
 * `p-retry`.
 *
 * @module
 */

export { default } from "npm:p-retry@9.0.0";
