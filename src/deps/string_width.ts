/**
 * The columns that a text takes in a terminal: what `unicodeWidth` of `@std/cli` says. Its
 * repackaging for npm lacks the table that it reads. Version 9 would keep the client from Node 20.
 *
 * @module
 */

export { default as unicodeWidth } from "npm:string-width@8.3.0";
