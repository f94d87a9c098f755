/**
 * `yaml`, loaded only where a policy is read.
 *
 * @module
 */

import process from "node:process";
import { type Document, parseDocument as parse, type ParseOptions } from "npm:yaml@2.9.1";
import type { DocumentOptions, SchemaOptions } from "npm:yaml@2.9.1";

export {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
} from "npm:yaml@2.9.1";

/**
 * Parses a document.
 *
 * The library asks the environment whether to print what it parses. Nobody is to need a permission for that, so
 * there is no variable while it does.
 *
 * @param options How to parse.
 */
export function parseDocument(
  text: string,
  options: ParseOptions & DocumentOptions & SchemaOptions,
): Document {
  const { env } = process;
  process.env = {};
  try {
    return parse(text, options);
  } finally {
    process.env = env;
  }
}
