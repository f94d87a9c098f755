/**
 * Environment variables, as far as they may be read.
 *
 * @module
 */

/**
 * Reads a variable. One that may not be read counts as absent: no more has to be granted than the
 * command needs, and there is no prompt.
 *
 * @returns Its value; `undefined` when it is absent, empty or not to be read.
 */
export function readEnv(name: string): string | undefined {
  return mayReadEnv(name) ? Deno.env.get(name) || undefined : undefined;
}

/**
 * What hides variables that may be set.
 *
 * @returns A sentence with the flag that shows them; `undefined` when all may be read, or when it was
 * said that they must not be, by `--deny-env`.
 */
export function hiddenNote(names: readonly string[]): string | undefined {
  const hidden = names.filter((variable) =>
    Deno.permissions.querySync({ name: "env", variable }).state === "prompt"
  );
  if (hidden.length === 0) return undefined;
  const [what, it] = hidden.length === 1 ? [hidden[0], "it is"] : [hidden.join(", "), "they are"];
  return `Deno may not read ${what}: if set, ${it} ignored. To use ${
    hidden.length === 1 ? "it" : "them"
  }, add --allow-env=${hidden.join(",")}`;
}

/**
 * Whether a variable may be read.
 *
 * @returns Whether the permission has been granted.
 */
export function mayReadEnv(name: string): boolean {
  return Deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
}
