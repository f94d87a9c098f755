/**
 * The namespace `default`, whose token is the administrator's.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { defaultNamespace, namespaceOfToken } from "../token.ts";
import { createToken } from "./create_token.ts";
import { hashToken } from "./token_hash.ts";

/**
 * Sees to it that the namespace `default` is there. A token that is given becomes its token, also
 * where it had another one, so that a lost token can be replaced.
 *
 * @param store Where it belongs.
 * @param token The token that it is to have. Default: the one it has, or a new one.
 * @returns The token that was made, when the namespace was made without one given. It is stored
 * nowhere: show it now or never.
 * @throws {EventoDBError} `INVALID_REQUEST` when the token is not one of the namespace `default`.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { ensureDefaultNamespace, openStore } from "@eventodb/cli/server";
 *
 * await using store = await openStore("sqlite://memory");
 * const token = await ensureDefaultNamespace(store);
 * assert(token?.startsWith("ns_ZGVmYXVsdA_"));
 * assertEquals(await ensureDefaultNamespace(store), undefined);
 * ```
 */
export async function ensureDefaultNamespace(
  store: Store,
  token?: string,
): Promise<string | undefined> {
  return (await settleDefaultNamespace(store, { token })).made;
}

/** What became of the token of the namespace `default`. */
export interface SettledToken {
  /** The token that was made. */
  made?: string;
  /** Whether another one has been replaced by the one that was given. */
  isReplaced: boolean;
}

/**
 * The same as {@linkcode ensureDefaultNamespace}, with more in the result.
 *
 * @param store Where the namespace belongs.
 * @param options The token that it is to have, or how to make one where it has none.
 * @returns What became of its token.
 * @throws {EventoDBError} `INVALID_REQUEST` when a token is not one of the namespace `default`.
 */
export async function settleDefaultNamespace(
  store: Store,
  options: { token?: string; makeToken?: () => string | Promise<string> },
): Promise<SettledToken> {
  const { token, makeToken = () => createToken(defaultNamespace) } = options;
  if (token !== undefined) checkDefaultToken(token);
  const existing = await store.findNamespace(defaultNamespace) ?? undefined;
  if (existing === undefined) {
    const own = token ?? await makeToken();
    checkDefaultToken(own);
    if (await create(store, hashToken(own))) {
      return { made: token === undefined ? own : undefined, isReplaced: false };
    }
  }
  if (token === undefined || existing?.tokenHash === hashToken(token)) return { isReplaced: false };
  await store.replaceToken(defaultNamespace, hashToken(token));
  return { isReplaced: true };
}

/**
 * Refuses a token that cannot be that of the namespace `default`.
 *
 * @param token The token.
 * @throws {EventoDBError} `INVALID_REQUEST`; the token is not repeated.
 */
export function checkDefaultToken(token: string): void {
  if (namespaceOfToken(token) === defaultNamespace) return;
  throw new EventoDBError(
    "INVALID_REQUEST",
    "Cannot use the given token: it must be a token of the namespace default, " +
      '"ns_ZGVmYXVsdA_" followed by 64 lower-case hex digits',
    { details: { option: "token" } },
  );
}

/** Whether it was made here: another server on the same database may have been faster. */
async function create(store: Store, tokenHash: string): Promise<boolean> {
  try {
    await store.createNamespace({
      id: defaultNamespace,
      tokenHash,
      description: "",
      metadata: null,
    });
    return true;
  } catch (error) {
    if (error instanceof EventoDBError && error.code === "NAMESPACE_EXISTS") return false;
    throw error;
  }
}
