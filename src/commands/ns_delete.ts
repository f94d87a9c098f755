/**
 * `eventodb ns delete`
 *
 * @module
 */

import type { Command } from "./command.ts";
import { connectionOptions, jsonOption } from "./common_options.ts";
import { connect } from "./connection.ts";
import { formatEvents } from "./numbers.ts";
import { CommandError } from "./problems.ts";
import { withResult } from "./result.ts";
import { confirmed, say } from "./terminal.ts";

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
      line: "eventodb ns delete local-debug --url http://localhost:8080 --token $ADMIN_TOKEN",
    },
  ],
  async run(args) {
    const json = args.flag("json");
    const [namespace] = args.operands;
    await withResult({ json }, async () => {
      const { client } = await connect(args);
      if (!args.flag("yes") && Deno.stdin.isTerminal()) {
        const { messageCount } = await client.namespaceInfo(namespace);
        if (!await confirmed(`Delete "${namespace}" with its ${formatEvents(messageCount)}?`)) {
          throw new CommandError("Not confirmed", [`"${namespace}" is as it was`]);
        }
      }
      const { deletedAt, messagesDeleted } = await client.namespaceDelete(namespace);
      if (!json) say(`Deleted "${namespace}" with its ${formatEvents(messagesDeleted)}`);
      return { namespace, deletedAt, messagesDeleted };
    });
    return 0;
  },
};
