/**
 * Failures, in words for the person who ran the command.
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import { connectionHints, responseHints } from "./connection/connection_hints.ts";
import { mayReadEnv, readEnv } from "./environment.ts";
import { interruptedStatus } from "./interrupt.ts";
import { CommandError, Interrupted } from "./problems.ts";
import { sourceOf } from "./value_sources.ts";
import { say, sayError } from "./terminal/terminal.ts";

/**
 * Says what went wrong, on standard error.
 *
 * @param error Whatever was thrown.
 * @returns The exit status that goes with it.
 */
export function report(error: unknown): number {
  if (error instanceof Interrupted) {
    say("Interrupted");
    return interruptedStatus;
  }
  if (error instanceof CommandError) {
    sayError(error.message, error.hints);
    return error.status;
  }
  if (error instanceof EventoDBError) {
    sayError(describe(error), hintsFor(error));
    return 1;
  }
  if (error instanceof Deno.errors.NotCapable) {
    sayError(`Deno lacks a permission: ${error.message.split(", run again")[0]}`, [
      wayToPermission(error.message),
    ]);
    return 1;
  }
  sayError(`Unexpected: ${error instanceof Error ? error.message : String(error)}`, [
    "This is a bug in EventoDB: please report it. EVENTODB_DEBUG=1 shows where it happened" +
    (mayReadEnv("EVENTODB_DEBUG") ? "" : ", with --allow-env=EVENTODB_DEBUG"),
  ]);
  if (readEnv("EVENTODB_DEBUG") === "1" && error instanceof Error) {
    say((error.stack ?? "").split("\n"));
  }
  return 1;
}

/**
 * An error of EventoDB's in one line.
 *
 * @returns Its line, if it is about one, its code and its message.
 */
export function describe(error: EventoDBError): string {
  const { code, message, line } = error;
  // Our own messages say the line, those of other servers may not.
  const says = line === undefined || new RegExp(`\\bline ${line}\\b`).test(message);
  return `${says ? "" : `Cannot import line ${line}: `}${message} (${code})`;
}

/** What can be done about an error. */
export function hintsFor(error: EventoDBError): string[] {
  switch (error.code) {
    case "AUTH_REQUIRED":
      return ["Give the namespace's token by --token-file FILE or EVENTODB_TOKEN"];
    case "AUTH_INVALID_TOKEN":
      return [`Check ${sourceOf("token")}: it begins with ns_ and must be copied completely`];
    case "AUTH_UNAUTHORIZED":
      return [
        `Check ${
          sourceOf("token")
        }: a token opens its own namespace, on the server that created it`,
      ];
    case "NAMESPACE_NOT_FOUND":
      return ['"eventodb ns list" shows the namespaces, "eventodb ns create NAME" creates one'];
    case "CONNECTION_FAILED":
      return connectionHints(error);
    case "MASK_FAILED":
      return [
        "eventodb mask check, with the same events and --policy FILE, lists every such place by type and path",
      ];
    case "NOT_FOUND":
    case "UNEXPECTED_ANSWER":
      return responseHints(error);
    case "INVALID_REQUEST":
      return closureHints(error);
    default:
      return [];
  }
}

/** Ways to make a closure smaller. */
function closureHints({ details }: EventoDBError): string[] {
  if (details?.fanOuts === undefined) return [];
  const { stopAt } = details;
  const isKnown = Array.isArray(stopAt) && stopAt.length > 0;
  if (isKnown) {
    const stop = `Do not follow links beyond those: --stop-at ${stopAt.join()}`;
    // How many streams there may be cannot be chosen.
    const more = details.eventsMax === undefined ? "" : ", or allow more with --events-max";
    return [stop + more];
  }
  return ["Begin with fewer streams, or follow fewer links: --sample 1%, --depth 1"];
}

function wayToPermission(message: string): string {
  const [, kind, what] = /Requires (\w+) access to "(.*?)"/.exec(message) ?? [];
  // Such as a device, which no narrower permission opens.
  const value = kind === "all" ? "" : `=${what}`;
  const flag = kind === undefined ? "" : `Run Deno with --allow-${kind}${value}. `;
  return `${flag}docs/cli.md lists the permissions of each command`;
}
