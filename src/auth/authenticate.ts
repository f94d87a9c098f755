/**
 * From the `Authorization` header to the namespace that a call acts on.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import type { Caller } from "./caller.ts";
import { ensureDefaultNamespace } from "./default_namespace.ts";
import { defaultNamespace, namespaceOfToken } from "../token.ts";
import { createToken } from "./create_token.ts";
import { tokenMatches } from "./token_hash.ts";

/** How strict to be. */
export interface AuthenticationOptions {
  /**
   * A call without a token, or with a malformed one, acts on `default`; any well-formed token opens
   * its namespace.
   *
   * @default {false}
   */
  testMode?: boolean;
  /** In test mode: the token that a call without one receives. Default: a new one. */
  defaultToken?: string;
}

/** Finds out who calls. */
export interface Authenticator {
  /**
   * @param token What {@linkcode bearerToken} found, or a token from elsewhere.
   * @returns The caller.
   * @throws {EventoDBError} `AUTH_REQUIRED`, `AUTH_INVALID_TOKEN` or `AUTH_UNAUTHORIZED`; in test
   * mode `NAMESPACE_NOT_FOUND`.
   */
  (token: string | null): Promise<Caller>;
}

// What no token has: a call for an unknown namespace takes as long as one with a wrong token.
const noHash = "0".repeat(64);

/**
 * Takes the token out of an `Authorization` header.
 *
 * @param header The header's value, or `null` when there is none.
 * @returns The token, or `null` when there is none after `Bearer`.
 */
export function bearerToken(header: string | null): string | null {
  if (header === null || !/^Bearer /i.test(header)) return null;
  // Not by one regular expression: one that trims the end too takes quadratic time for many spaces.
  const token = header.slice("Bearer ".length).trim();
  return token === "" ? null : token;
}

/**
 * Makes an authenticator.
 *
 * @param store Where the namespaces are.
 * @param options Test mode or not.
 */
export function createAuthenticator(
  store: Store,
  options: AuthenticationOptions = {},
): Authenticator {
  return options.testMode ? lenient(store, options.defaultToken) : strict(store);
}

function strict(store: Store): Authenticator {
  return async (token) => {
    if (token === null) {
      throw new EventoDBError(
        "AUTH_REQUIRED",
        'A token is required: send it in the header "Authorization: Bearer ns_…"',
      );
    }
    const namespace = namespaceOfToken(token);
    if (namespace === null) {
      throw new EventoDBError(
        "AUTH_INVALID_TOKEN",
        "The token is malformed: it must be ns_, the namespace in base64url, _ and 64 hex digits",
      );
    }
    const record = await store.findNamespace(namespace);
    if (!tokenMatches(token, record?.tokenHash ?? noHash)) {
      // The same words for both, so that nobody can find out which namespaces there are.
      throw new EventoDBError(
        "AUTH_UNAUTHORIZED",
        "The token is not valid here: its namespace does not exist or has another token",
      );
    }
    return { namespace };
  };
}

function lenient(store: Store, defaultToken?: string): Authenticator {
  const issuedToken = defaultToken ?? createToken(defaultNamespace);
  return async (token) => {
    const namespace = token === null ? null : namespaceOfToken(token);
    if (namespace !== null && await store.findNamespace(namespace) !== null) return { namespace };
    if (namespace !== null && namespace !== defaultNamespace) {
      throw new EventoDBError(
        "NAMESPACE_NOT_FOUND",
        `There is no namespace ${JSON.stringify(namespace)}`,
      );
    }
    if (token !== null && namespace !== null) {
      await ensureDefaultNamespace(store, token);
      return { namespace };
    }
    if (await store.findNamespace(defaultNamespace) === null) {
      await ensureDefaultNamespace(store, issuedToken);
    }
    return { namespace: defaultNamespace, issuedToken };
  };
}
