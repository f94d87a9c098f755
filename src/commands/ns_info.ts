/**
 * `eventodb ns info`
 *
 * @module
 */

import type { Command } from "../cli/command.ts";
import { connectionOptions, jsonOption } from "../cli/common_options.ts";
import { connect } from "../cli/connection/connection.ts";
import { formatFacts } from "../cli/terminal/facts.ts";
import { namespaceFacts, notReported } from "../cli/connection/namespace_facts.ts";
import { withResult } from "../cli/result.ts";
import { print } from "../cli/terminal/terminal.ts";

/** Shows what a namespace holds. */
export const nsInfoCommand: Command = {
  name: "ns info",
  description:
    "Show what a namespace holds. Its own token may do this, and that of the namespace " +
    "default.",
  operands: [{ name: "NAMESPACE", help: "Its id; that of the token by default", optional: true }],
  options: [...connectionOptions, jsonOption],
  examples: [
    {
      text: "The namespace that the token opens",
      line: "eventodb ns info --url http://localhost:8080 --token-file local-token",
    },
  ],
  async run(args) {
    const json = args.flag("json");
    await withResult({ json }, async () => {
      const { client, namespace } = await connect(args);
      const facts = await namespaceFacts(client, args.operands[0] ?? namespace);
      const { isReported, ...info } = facts;
      if (!json) {
        print(formatFacts({
          "namespace": info.namespace,
          "description": info.description,
          "created": info.createdAt,
          "messages": info.messageCount ?? notReported,
          "streams": info.streamCount ?? notReported,
          "global position": info.globalPosition ?? notReported,
          "last activity": info.lastActivity || (isReported ? "none" : notReported),
        }));
      }
      return { ...info };
    });
    return 0;
  },
};
