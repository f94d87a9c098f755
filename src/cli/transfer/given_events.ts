/**
 * The events that a command line names: which ones, and where they are read from.
 *
 * @module
 */

import type { Slice } from "../../slice/slice.ts";
import type { Arguments } from "../arguments.ts";
import type { Operand } from "../command_shape.ts";
import { connect } from "../connection/connection.ts";
import { Interruption } from "../interrupt.ts";
import { UsageError } from "../problems.ts";
import {
  type EventInput,
  type EventInputOptions,
  openEventInput,
  serverInput,
} from "./event_input.ts";

/** The argument that names a file or a server; without it, `--url` does. */
export const eventsOperand: Operand = {
  name: "FILE",
  help: "The file, compressed or not; - for standard input, http://… for a namespace",
  optional: true,
};

/** Events to be read, until the command is interrupted. */
export interface GivenEvents extends AsyncDisposable {
  readonly slice: Slice;
  readonly input: EventInput;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Opens the events that a command line names.
 *
 * @param action Such as `Cannot inspect`.
 * @throws {UsageError} An option is wrong, or two inputs are named, or none.
 * @throws {CommandError} The file cannot be read.
 */
export async function openGivenEvents(args: Arguments, action: string): Promise<GivenEvents> {
  await using stack = new AsyncDisposableStack();
  const { signal } = stack.use(new Interruption());
  const { readSlice } = await import("./slice.ts");
  const slice = await readSlice(args);
  const input = stack.use(await openGivenInput(args, { action, signal }));
  const opened = stack.move();
  return { slice, input, signal, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

async function openGivenInput(args: Arguments, options: EventInputOptions): Promise<EventInput> {
  const [given] = args.operands;
  if (given === undefined) {
    return serverInput(await connect(args, { quiet: args.flag("quiet") }), options);
  }
  if (args.isTyped("url")) {
    throw new UsageError(
      `${given} and --url contradict each other: only one of them can be looked at`,
      "Use only one of them",
    );
  }
  return await openEventInput(given, args, options);
}
