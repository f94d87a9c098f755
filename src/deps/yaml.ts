/**
 * `yaml`, loaded only where a policy is read.
 *
 * @module
 */

export {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from "npm:yaml@2.9.1";
