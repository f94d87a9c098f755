/**
 * Message ids.
 *
 * @module
 */

import { generate } from "./deps/uuid_v7.ts";

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Reads a UUID of any version and variant: histories hold ids of many makers.
 *
 * @param text 8-4-4-4-12 hex digits in either case.
 * @returns The UUID in lower case, or `null` when the text is none.
 */
export function parseUuid(text: string): string | null {
  return uuidForm.test(text) ? text.toLowerCase() : null;
}

/**
 * Makes an id for a message that came without one.
 *
 * @returns A UUID of version 7: ids of one server ascend by the millisecond, which keeps the id
 * index's pages together.
 */
export function uuidV7(): string {
  return generate();
}
