/**
 * The namespace that a command works on, in words.
 *
 * @module
 */

/**
 * Describes a namespace and its server for a message.
 *
 * @param connection The server's address and the namespace that the token opens.
 * @param namespace Another namespace of the server.
 * @returns Such as `the namespace "default" of http://localhost:8080`. A password in the
 * address is left out.
 */
export function describeNamespace(
  connection: { url: string; namespace: string },
  namespace: string = connection.namespace,
): string {
  const shown = new URL(connection.url);
  shown.username = shown.password = "";
  return `the namespace "${namespace}" of ${shown.href.replace(/[/]$/, "")}`;
}
