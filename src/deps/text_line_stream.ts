/**
 * `@std/streams/text-line-stream`, typed.
 *
 * @module
 */

// @ts-types="./text_line_stream.d.ts"
export { TextLineStream } from "@std/streams/text-line-stream";
