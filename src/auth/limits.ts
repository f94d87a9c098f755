/**
 * The bounds of tokens.
 *
 * @module
 */

import { namespaceBytesMax } from "../limits.ts";

/** Most namespaces whose spelling in tokens is remembered. */
export const tokenSpellingsMax: number = 1000;
/** Longest token: `ns_`, a namespace id of 255 bytes in base64url, `_` and 64 hex digits; in characters. */
export const tokenCharsMax: number = 3 + Math.ceil(namespaceBytesMax / 3) * 4 + 1 + 64;
