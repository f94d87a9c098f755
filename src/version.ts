/**
 * This package's version.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };

/** The version, such as `1.2.3`. */
export const version: string = config.version;
