/**
 * The parts of a stream name: category, id and cardinal id, as Message DB defines them.
 *
 * @module
 */

/**
 * The part of a stream name before the first `-`; a name without `-` is its own category.
 *
 * @param stream A stream name.
 * @returns The category.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { categoryOf } from "@eventodb/cli";
 *
 * assertEquals(categoryOf("account-123"), "account");
 * assertEquals(categoryOf("account"), "account");
 * ```
 */
export function categoryOf(stream: string): string {
  const dash = stream.indexOf("-");
  return dash < 0 ? stream : stream.slice(0, dash);
}

/**
 * The part of a stream name after the first `-`; empty when there is none.
 *
 * @param stream A stream name.
 * @returns The id.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { idOf } from "@eventodb/cli";
 *
 * assertEquals(idOf("account-123+retry"), "123+retry");
 * assertEquals(idOf("account"), "");
 * ```
 */
export function idOf(stream: string): string {
  const dash = stream.indexOf("-");
  return dash < 0 ? "" : stream.slice(dash + 1);
}

/**
 * The id up to its first `+`: what a consumer group shares streams out by.
 *
 * @param stream A stream name.
 * @returns The cardinal id; empty when the stream has no id.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cardinalIdOf } from "@eventodb/cli";
 *
 * assertEquals(cardinalIdOf("account-123+retry"), "123");
 * ```
 */
export function cardinalIdOf(stream: string): string {
  const id = idOf(stream);
  const plus = id.indexOf("+");
  return plus < 0 ? id : id.slice(0, plus);
}
