/**
 * Who may do what: a token opens its own namespace, that of `default` is the administrator's.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { defaultNamespace } from "../token.ts";

/** Who calls, once that is known. */
export interface Caller {
  /** The namespace that the call acts on. */
  readonly namespace: string;
  /** In test mode: the token to return, since the call came without a usable one. */
  readonly issuedToken?: string;
}

/**
 * Whether a caller is the administrator.
 *
 * @param caller Who calls.
 * @returns Whether it came with the token of the namespace `default`.
 */
function isAdministrator(caller: Caller): boolean {
  return caller.namespace === defaultNamespace;
}

/**
 * Lets only the administrator pass.
 *
 * @param caller Who calls.
 * @param action What it wants to do, such as `list namespaces`.
 * @throws {EventoDBError} `AUTH_UNAUTHORIZED`.
 */
export function requireAdministrator(caller: Caller, action: string): void {
  if (!isAdministrator(caller)) {
    throw new EventoDBError(
      "AUTH_UNAUTHORIZED",
      `Cannot ${action} with this token: only the token of the namespace "default" may`,
    );
  }
}

/**
 * Lets only the administrator and a namespace's own token pass.
 *
 * @param caller Who calls.
 * @param namespace The namespace that it is about.
 * @param action What it wants to do, such as `delete`.
 * @throws {EventoDBError} `AUTH_UNAUTHORIZED`, whether or not the namespace is there.
 */
export function requireOwnNamespace(caller: Caller, namespace: string, action: string): void {
  if (caller.namespace !== namespace) requireAdministrator(caller, `${action} another namespace`);
}
