/**
 * `eventodb ns create`
 *
 * @module
 */

import type { Command } from "../cli/command.ts";
import { connectionOptions, jsonOption, tokenOutputOption } from "../cli/common_options.ts";
import { connect } from "../cli/connection/connection.ts";
import { withResult } from "../cli/result.ts";
import { printWithSecrets, say } from "../cli/terminal/terminal.ts";

/** Makes a namespace. */
export const nsCreateCommand: Command = {
  name: "ns create",
  description:
    "Create a namespace and show its token, which the server does not keep. Only the token of " +
    "the namespace default may do this.",
  operands: [{ name: "NAMESPACE", help: "Its id: any text of 1 to 255 bytes" }],
  options: [
    ...connectionOptions,
    { name: "description", value: "TEXT", help: "Its description" },
    tokenOutputOption,
    jsonOption,
  ],
  examples: [
    {
      text: "A namespace for a bug",
      line: "eventodb ns create local-debug --url http://localhost:8080 \\\n" +
        "  --token-file admin-token",
    },
    {
      text: "Its token, the only thing on standard output, into a variable",
      line: "LOCAL_TOKEN=$(eventodb ns create local-debug --token-file admin-token)",
    },
  ],
  async run(args) {
    const json = args.flag("json");
    await withResult({ json }, async () => {
      const { client } = await connect(args);
      const { TokenOutput } = await import("../cli/files/token_output.ts");
      await using output = await TokenOutput.named(args);
      const created = await client.namespaceCreate(args.operand(0), {
        description: args.text("description"),
      });
      const { namespace, token, createdAt } = created;
      await output?.write(token);
      if (output !== undefined) {
        if (!json) say(`Created "${namespace}". Its token is in ${output.path}`);
        return { namespace, output: output.path, createdAt };
      }
      if (!json) {
        say(`Created "${namespace}". Its token, shown only now:`);
        printWithSecrets(token);
      }
      return { namespace, token, createdAt };
    });
    return 0;
  },
};
