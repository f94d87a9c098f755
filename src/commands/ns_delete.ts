/**
 * `eventodb ns delete`
 *
 * @module
 */

import type { EventoDBClient } from "../client/client.ts";
import type { Command } from "../cli/command.ts";
import { connectionOptions, jsonOption } from "../cli/common_options.ts";
import { connect } from "../cli/connection/connection.ts";
import { itsEvents, namespaceFacts } from "../cli/connection/namespace_facts.ts";
import { describeNamespace } from "../cli/connection/describe_namespace.ts";
import { CommandError } from "../cli/problems.ts";
import { withResult } from "../cli/result.ts";
import { confirmed, say } from "../cli/terminal/terminal.ts";

/** Deletes a namespace. */
export const nsDeleteCommand: Command = {
  name: "ns delete",
  description: "Delete a namespace and its messages. Its own token may do this, and that of the " +
    "namespace default. On a terminal it asks first.",
  operands: [{ name: "NAMESPACE", help: "Its id" }],
  options: [
    ...connectionOptions,
    { name: "yes", help: "Do not ask" },
    jsonOption,
  ],
  examples: [
    {
      text: "Delete a namespace",
      line: "eventodb ns delete local-debug --url http://localhost:8080 \\\n" +
        "  --token-file admin-token",
    },
  ],
  async run(args) {
    const json = args.flag("json");
    const namespace = args.operand(0);
    await withResult({ json }, async () => {
      const connection = await connect(args);
      const { client } = connection;
      const shown = describeNamespace(connection, namespace);
      let counted: number | null | undefined;
      if (!args.flag("yes") && Deno.stdin.isTerminal()) {
        counted = (await namespaceFacts(client, namespace)).messageCount;
        if (!await confirmed(`Delete ${shown} with ${itsEvents(counted)}?`)) {
          throw new CommandError("Not confirmed", [`"${namespace}" is as it was`]);
        }
      }
      const deleted = await client.namespaceDelete(namespace);
      const { deletedAt } = deleted;
      const messagesDeleted = await deletedCount(client, deleted.messagesDeleted, counted);
      if (!json) say(`Deleted ${shown} with ${itsEvents(messagesDeleted)}`);
      return { namespace, deletedAt, messagesDeleted };
    });
    return 0;
  },
};

/** How many messages went; `null` where 0 is what the server says of every namespace. */
async function deletedCount(
  client: EventoDBClient,
  reported: number | undefined,
  counted: number | null | undefined,
): Promise<number | null> {
  if (reported !== undefined && reported > 0) return reported;
  const { featuresOf } = await import("../transfer/features.ts");
  const features = await featuresOf(client).catch(() => []);
  return features.length > 0 ? reported ?? null : counted ?? null;
}
