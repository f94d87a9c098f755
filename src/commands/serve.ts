/**
 * `eventodb serve`
 *
 * @module
 */

import { EventoDBError } from "../errors.ts";
import type { EventoDBServer } from "../http/serve.ts";
import { shutdownMs } from "../limits.ts";
import {
  createLog,
  type Log,
  type LogFormat,
  logFormats,
  type LogLevel,
  logLevels,
} from "../log.ts";
import type { Arguments } from "../cli/arguments.ts";
import type { Command } from "../cli/command.ts";
import { tokenFileOption } from "../cli/common_options.ts";
import { hiddenNote } from "../cli/environment.ts";
import { givenToken } from "../cli/connection/given_token.ts";
import { interruptedStatus } from "../cli/interrupt.ts";
import { CommandError, UsageError } from "../cli/problems.ts";
import { environmentHint } from "../cli/value_sources.ts";
import { say } from "../cli/terminal/terminal.ts";

/** Runs a server. */
export const serveCommand: Command = {
  name: "serve",
  description:
    "Run a server. By default it keeps its data in SQLite files under ./eventodb-data and is " +
    "reached from this machine only.",
  options: [
    {
      name: "port",
      value: "PORT",
      env: "EVENTODB_PORT",
      default: "8080",
      help: "Port to listen on; 0 for any free one",
    },
    {
      name: "host",
      value: "ADDRESS",
      env: "EVENTODB_HOST",
      default: "127.0.0.1",
      help: "Address to listen on; 0.0.0.0 opens it to other machines",
    },
    {
      name: "db-url",
      value: "URL",
      env: "EVENTODB_DB_URL",
      default: "sqlite://eventodb.db",
      help: "Database: sqlite://NAME.db, or sqlite://memory to keep nothing",
    },
    {
      name: "data-dir",
      value: "FOLDER",
      env: "EVENTODB_DATA_DIR",
      default: "./eventodb-data",
      help: "Folder of the SQLite files",
    },
    {
      name: "token",
      value: "TOKEN",
      env: "EVENTODB_ADMIN_TOKEN",
      help: "Token of the namespace default; by default the stored one, or a new " +
        "one, which is shown once",
    },
    tokenFileOption,
    {
      name: "test-mode",
      env: "EVENTODB_TEST_MODE",
      help: "Accept requests without a token, and keep nothing unless --db-url says where",
    },
    {
      name: "log-level",
      value: "LEVEL",
      env: "EVENTODB_LOG_LEVEL",
      default: "info",
      choices: logLevels,
      help: "Lowest level to log",
    },
    {
      name: "log-format",
      value: "FORMAT",
      env: "EVENTODB_LOG_FORMAT",
      default: "console",
      choices: logFormats,
      help: "Format of the log",
    },
    {
      name: "cors-origin",
      value: "ORIGIN",
      env: "EVENTODB_CORS_ORIGIN",
      list: true,
      help: "Web pages of this origin may call the server",
    },
    {
      name: "public-url",
      value: "URL",
      env: "EVENTODB_PUBLIC_URL",
      help: "Address for browsers, when the server is behind a proxy",
    },
    {
      name: "allowed-host",
      value: "NAME",
      env: "EVENTODB_ALLOWED_HOST",
      list: true,
      help: "In test mode and on the page, another name to accept in requests, besides " +
        "localhost and --host",
    },
    {
      name: "ui",
      env: "EVENTODB_UI",
      help: "Serve the web page at /ui to other machines too; by default only on loopback",
    },
    { name: "no-ui", help: "Serve no web page" },
  ],
  examples: [
    { text: "A local server that keeps its data", line: "eventodb serve" },
    {
      text: "A server for tests, in memory",
      line: "eventodb serve --test-mode --port 6789",
    },
    {
      text: "A server for other machines",
      line: "eventodb serve --host 0.0.0.0 --data-dir /var/lib/eventodb --log-format json",
    },
  ],
  async run(args) {
    // Choices have been checked.
    const level = args.text("log-level") as LogLevel | undefined;
    const format = args.text("log-format") as LogFormat | undefined;
    const log = createLog({ level, format });
    const options = { ...await readOptions(args, log), format };
    const { serve } = await import("../http/serve.ts");
    const { FirstToken } = await import("../cli/serving/first_token.ts");
    const hidden = hiddenNote(args.variables);
    if (hidden !== undefined) log.write("info", hidden);
    await using first = new FirstToken(options, log);
    const makeToken = () => first.make();
    // A program that reads that it listens may send a signal at once.
    const ending = new Ending(log);
    const server = await serve({ ...options, makeToken, log }).catch(async (error) => {
      throw await startError(error);
    });
    first.keep(server.defaultToken);
    // The log says it too, unless it is quiet.
    if (!log.enabled("info")) {
      const { url, uiUrl: page } = server;
      const suffix = page === undefined ? "" : `, page at ${page}`;
      say(format === "json" ? JSON.stringify({ url, page }) : `Listening on ${url}${suffix}`);
    }
    first.announce();
    return await ending.of(server);
  },
};

async function readOptions(args: Arguments, log: Log) {
  return {
    port: args.integer(
      "port",
      { min: 0, max: 65_535 },
      "Give a free port, such as --port 8080, or 0 for any",
    ),
    hostname: args.text("host"),
    dbUrl: args.text("db-url"),
    dataDir: args.text("data-dir"),
    token: await givenToken(args, {
      onWarning: (warning, hint) => log.write("warn", warning, { hint }),
    }),
    testMode: args.flag("test-mode"),
    corsOrigins: args.list("cors-origin"),
    publicUrl: args.text("public-url"),
    ui: uiOption(args),
    allowedHosts: args.list("allowed-host"),
  };
}

/** Whether to serve the page; `undefined` leaves it to the address. */
function uiOption(args: Arguments): boolean | undefined {
  if (!args.flag("no-ui")) return args.flag("ui") || undefined;
  if (!args.isTyped("ui")) return false;
  throw new UsageError("--ui and --no-ui contradict each other", "Leave one of them out");
}

/**
 * What the server finds wrong before it starts is an option's value, perhaps one that was
 * forgotten in the environment. A database that is unavailable is a failure all the same, whether its
 * URL cannot be read or no server responds there.
 */
async function startError(error: unknown): Promise<unknown> {
  if (!(error instanceof EventoDBError)) return error;
  const option = String(error.details?.option ?? "db-url");
  const origin = environmentHint(option);
  if (error.code === "INVALID_REQUEST" && error.details?.option !== "db-url") {
    const help = '"eventodb help serve" lists the options';
    return new UsageError(error.message, [...origin, help].join(". "));
  }
  if (origin.length === 0) return error;
  const { describe, hintsFor } = await import("../cli/report.ts");
  return new CommandError(describe(error), [...hintsFor(error), ...origin], { cause: error });
}

/**
 * Ends the server properly on the first signal, and at once on the second, or when that takes too long:
 * a database that does not respond must not keep the process. It loses no more than a kill would. A start
 * is given up at once.
 */
class Ending {
  readonly #log: Log;
  #server: EventoDBServer | undefined;
  #status: number | undefined;

  constructor(log: Log) {
    this.#log = log;
    Deno.addSignalListener("SIGINT", () => this.#stop(interruptedStatus));
    if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => this.#stop(0));
  }

  /** Resolves to the exit status when a server has ended. */
  async of(server: EventoDBServer): Promise<number> {
    this.#server = server;
    await server.finished;
    return this.#status ?? 0;
  }

  #stop(status: number): void {
    if (this.#status !== undefined) Deno.exit(interruptedStatus);
    if (this.#server === undefined) Deno.exit(status);
    this.#status = status;
    const timer = setTimeout(() => {
      this.#log.write("error", "not stopped in time, exiting anyway", { ms: shutdownMs });
      Deno.exit(1);
    }, shutdownMs);
    Deno.unrefTimer(timer);
    // Its failure comes out of `finished`.
    this.#server.shutdown().catch(() => {});
  }
}
