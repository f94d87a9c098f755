/**
 * The server that a command talks to.
 *
 * @module
 */

import { retriesMax } from "../limits.ts";
import type { EventoDBClient } from "../../client/client.ts";
import { baseUrl, withoutSecrets } from "../../client/base_url.ts";
import type { Retry } from "../../client/options.ts";
import { EventoDBError } from "../../errors.ts";
import type { Arguments } from "../arguments.ts";
import { hiddenNote, mayReadEnv } from "../environment.ts";
import { defaultNamespace } from "../../token.ts";
import { givenToken } from "./given_token.ts";
import { formatSeconds } from "../terminal/format.ts";
import { UsageError } from "../problems.ts";
import { sourceOf } from "../value_sources.ts";
import { say } from "../terminal/terminal.ts";

/** A server and a namespace of it. */
export interface Connection {
  /** The client. Nothing has been sent yet. */
  client: EventoDBClient;
  /** The server's address. */
  url: string;
  /** The namespace's token, where there is one. */
  token?: string;
  /** The namespace: `default` where there is no token, as for a server in test mode. */
  namespace: string;
}

/** What can be said about the retries. */
export interface ConnectOptions {
  /** Say nothing when something is tried again. */
  quiet?: boolean;
}

/**
 * Makes a client from `--url` and `--token`.
 *
 * @param options Whether to report retries.
 * @throws {UsageError} There is no address, or it is not valid.
 */
export async function connect(args: Arguments, options: ConnectOptions = {}): Promise<Connection> {
  const url = args.text("url")?.trim();
  if (url === undefined) {
    throw new UsageError(
      "The server's address is missing",
      `Give it by --url http://localhost:8080, or by EVENTODB_URL${permissionFor("EVENTODB_URL")}`,
    );
  }
  return await connectTo(url, args, options);
}

/**
 * Makes a client for an address, with the token of `--token`.
 *
 * @param options Whether to report retries.
 * @throws {UsageError} The address is not valid.
 */
export async function connectTo(
  url: string,
  args: Arguments,
  options: ConnectOptions = {},
): Promise<Connection> {
  checkUrl(url);
  const token = await givenToken(args, options);
  const retries = retriesOf(args);
  const hidden = options.quiet ? undefined : hiddenNote(args.variables);
  if (hidden !== undefined) say(`Note: ${hidden}`);
  const { EventoDBClient } = await import("../../client/client.ts");
  const onRetry = options.quiet ? undefined : tellRetry;
  const client = new EventoDBClient({ url, token, retries, onRetry });
  return { client, url: client.url, token, namespace: client.namespace ?? defaultNamespace };
}

/** What a client would refuse as well, as a mistake on the command line. */
function checkUrl(url: string): void {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new UsageError(
      `${sourceOf("url")} must be an http:// or https:// URL, got "${withoutSecrets(url)}"`,
      "Give the server's address, such as --url http://localhost:8080",
    );
  }
  try {
    baseUrl(url);
  } catch (error) {
    if (!(error instanceof EventoDBError)) throw error;
    throw new UsageError(error.message, "The token goes into --token-file or EVENTODB_TOKEN");
  }
}

function retriesOf(args: Arguments): number | undefined {
  const range = { min: 0, max: retriesMax };
  return args.integer("retries", range, "Give how often to try again, such as --retries 10");
}

/** How to make a variable readable, where that is what is missing. */
function permissionFor(variable: string): string {
  return mayReadEnv(variable) ? "" : ` (which Deno may read with --allow-env=${variable})`;
}

function tellRetry({ error, delayMs }: Retry): void {
  say(`${error.message}. Trying again in ${formatSeconds(delayMs)}`);
}
