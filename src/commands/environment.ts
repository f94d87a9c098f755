/**
 * Environment variables, as far as they may be read.
 *
 * @module
 */

/**
 * Reads a variable. One that may not be read counts as absent: nobody has to grant more than the
 * command needs, and nobody is asked.
 *
 * @param name Its name.
 * @returns Its value; `undefined` when it is absent, empty or not to be read.
 */
export function readEnv(name: string): string | undefined {
  return mayReadEnv(name) ? Deno.env.get(name) || undefined : undefined;
}

/**
 * Whether a variable may be read.
 *
 * @param name Its name.
 * @returns Whether the permission has been granted.
 */
export function mayReadEnv(name: string): boolean {
  return Deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
}
