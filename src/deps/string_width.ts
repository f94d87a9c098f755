/**
 * The columns that a text takes in a terminal: what `unicodeWidth` of `@std/cli` says. Its
 * repackaging for npm lacks the table that it reads.
 *
 * @module
 */

export { default as unicodeWidth } from "npm:string-width@9.0.0";
