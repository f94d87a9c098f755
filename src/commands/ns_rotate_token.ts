/**
 * `eventodb ns rotate-token`
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { Command } from "../cli/command.ts";
import { connectionOptions, jsonOption, tokenOutputOption } from "../cli/common_options.ts";
import { connect } from "../cli/connection/connection.ts";
import { describeNamespace } from "../cli/connection/describe_namespace.ts";
import { CommandError } from "../cli/problems.ts";
import { withResult } from "../cli/result.ts";
import { printWithSecrets, say } from "../cli/terminal/terminal.ts";

/** Gives a namespace another token. */
export const nsRotateTokenCommand: Command = {
  name: "ns rotate-token",
  description:
    "Give a namespace a new token, and show it. The old one ends at once, and with it the " +
    "subscriptions that it opened. Only the token of the namespace default may do this, also for " +
    "itself.",
  operands: [{ name: "NAMESPACE", help: "Its id" }],
  options: [...connectionOptions, tokenOutputOption, jsonOption],
  examples: [
    {
      text: "Replace a token that has leaked",
      line: "eventodb ns rotate-token local-debug --token-file admin-token --output local-token",
    },
  ],
  async run(args) {
    const json = args.flag("json");
    const namespace = args.operand(0);
    await withResult({ json }, async () => {
      const connection = await connect(args);
      const { TokenOutput } = await import("../cli/files/token_output.ts");
      await using output = await TokenOutput.named(args);
      const { token } = await connection.client.namespaceRotateToken(namespace).catch((error) => {
        throw explain(error);
      });
      await output?.write(token);
      if (!json) {
        const shown = describeNamespace(connection, namespace);
        say(
          output === undefined
            ? `Replaced the token of ${shown}. The new one, shown only now:`
            : `Replaced the token of ${shown}. The new one is in ${output.path}`,
        );
        if (output === undefined) printWithSecrets(token);
      }
      return output === undefined ? { namespace, token } : { namespace, output: output.path };
    });
    return 0;
  },
};

function explain(error: unknown): unknown {
  if (!(error instanceof EventoDBError) || error.code !== "METHOD_NOT_FOUND") return error;
  return new CommandError(
    "This server cannot replace tokens: it does not know ns.rotateToken",
    ["Perhaps its own tools can; or create another namespace, and import this one's events into it"],
    { cause: error },
  );
}
