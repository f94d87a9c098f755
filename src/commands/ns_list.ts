/**
 * `eventodb ns list`
 *
 * @module
 */

import type { Command } from "../cli/command.ts";
import { connectionOptions, jsonOption } from "../cli/common_options.ts";
import { formatColumns } from "../cli/terminal/columns.ts";
import { connect } from "../cli/connection/connection.ts";
import { namespaceListings } from "../cli/connection/namespace_facts.ts";
import { withResult } from "../cli/result.ts";
import { print, say } from "../cli/terminal/terminal.ts";

/** Lists the namespaces. */
export const nsListCommand: Command = {
  name: "ns list",
  description: "List the namespaces. Only the token of the namespace default may do this.",
  options: [...connectionOptions, jsonOption],
  examples: [
    {
      text: "All of them",
      line: "eventodb ns list --url http://localhost:8080 --token-file admin-token",
    },
  ],
  async run(args) {
    const json = args.flag("json");
    await withResult({ json }, async () => {
      const { client } = await connect(args);
      const namespaces = await namespaceListings(client);
      if (!json) {
        print(await formatColumns(tableOf(namespaces)));
        if (namespaces.some(({ messageCount }) => messageCount === null)) {
          say("This server does not report the number of messages");
        }
      }
      return { namespaces };
    });
    return 0;
  },
};

function tableOf(namespaces: Awaited<ReturnType<typeof namespaceListings>>): string[][] {
  return [
    ["NAMESPACE", "MESSAGES", "CREATED", "DESCRIPTION"],
    ...namespaces.map(({ namespace, messageCount, createdAt, description }) => [
      namespace,
      messageCount === null ? "?" : String(messageCount),
      createdAt,
      description,
    ]),
  ];
}
