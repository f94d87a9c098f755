/**
 * `eventodb mask discover`
 *
 * @module
 */

import type { Arguments } from "../cli/arguments.ts";
import type { Command } from "../cli/command.ts";
import { connectionOptions, jsonOption, quietOption } from "../cli/common_options.ts";
import { isStandardOutput, openOutput } from "../cli/files/output.ts";
import { withoutValues } from "../cli/mask/without_values.ts";
import { CommandError, UsageError } from "../cli/problems.ts";
import { withResult } from "../cli/result.ts";
import { formatEvents } from "../cli/terminal/format.ts";
import { Progress } from "../cli/terminal/progress.ts";
import { say } from "../cli/terminal/terminal.ts";
import { selectsAll } from "../cli/transfer/event_input.ts";
import { areSame } from "../cli/transfer/export_origin.ts";
import { eventsOperand, type GivenEvents, openGivenEvents } from "../cli/transfer/given_events.ts";
import { sliceOptions } from "../cli/transfer/slice_options.ts";
import type { Discovery } from "../mask/discover/discovery.ts";

export const maskDiscoverCommand: Command = {
  name: "mask discover",
  description:
    "Write a draft policy: every type and path that occurs, with kinds, counts and what the values look " +
    "like, and never a value. Nothing in it is decided, so it is refused until each line has a rule.",
  operands: [eventsOperand],
  options: [
    {
      name: "output",
      short: "o",
      value: "FILE",
      default: "standard output",
      help: "Where to write the policy; a file that is there stays",
    },
    ...connectionOptions,
    ...sliceOptions,
    quietOption,
    jsonOption,
  ],
  examples: [
    { text: "From a file", line: "eventodb mask discover july.ndjson --output policy.yaml" },
    {
      text: "From a server",
      line: "eventodb mask discover --url http://prod:8080 --token-file prod-token \\\n" +
        "  --categories workflow,order --output policy.yaml",
    },
  ],
  async run(args) {
    const output = args.text("output");
    const stdoutIsFree = !isStandardOutput(output);
    await withResult({ json: args.flag("json"), stdoutIsFree }, () => runDiscover(args, output));
    return 0;
  },
};

async function runDiscover(
  args: Arguments,
  path: string | undefined,
): Promise<Record<string, unknown>> {
  const quiet = args.flag("quiet");
  if (await areSame(args.operands[0], path)) {
    throw new UsageError(`The output is the input: ${path}`, "Give --output another name");
  }
  await using given = await openGivenEvents(args, "Cannot look into");
  const { input, slice, signal } = given;
  await using output = await openOutput(path, signal, {
    keeps: "The rules in it would be lost. Choose another name, and take over what is new",
  });
  const found = await discover(given, quiet);
  if (!quiet && !selectsAll(slice)) {
    for (const note of await input.notes(slice, true)) {
      say(note);
    }
  }
  if (found.events === 0) {
    const isAll = selectsAll(slice);
    throw new CommandError(
      isAll ? `${input.name} holds no event` : `No event of ${input.name} matches`,
    );
  }
  const { starterPolicy } = await import("../mask/discover/starter_policy.ts");
  const text = [...starterPolicy(found, input.name)].join("\n");
  const writer = output.writable.getWriter();
  await writer.write(new TextEncoder().encode(`${text}\n`));
  writer.releaseLock();
  await output.complete();
  if (!quiet) {
    say(
      `Looked into ${formatEvents(found.events)} of ${input.name}: each line of the policy ` +
        "now needs a rule",
    );
  }
  return {
    events: found.events,
    types: found.types.size,
    categories: found.categories.size,
    output: isStandardOutput(path) ? undefined : path,
  };
}

async function discover(
  { input, slice, signal }: GivenEvents,
  quiet: boolean,
): Promise<Discovery> {
  const { Discovery } = await import("../mask/discover/discovery.ts");
  const { packedBatches } = await import("../record/packed_batches.ts");
  const { unpackRecords } = await import("../record/packed_records.ts");
  const { unreadable } = await import("../slice/unreadable.ts");
  const found = new Discovery();
  let position = 0;
  using _ = new Progress("Looked into", () => ({
    events: found.events,
    position,
    share: input.share,
  }), { quiet });
  try {
    for await (const batch of packedBatches(await input.open(slice), { signal })) {
      for (const message of unpackRecords(batch)) {
        found.add(message);
        position = message.globalPosition;
      }
    }
  } catch (error) {
    const action = `Cannot look into ${input.name}`;
    throw withoutValues(unreadable(error, action), action);
  }
  return found;
}
