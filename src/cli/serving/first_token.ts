/**
 * The administrator's first token: taken from the environment, or made, and then shown to the person who
 * started the server, or put into a file where the log is for machines, which keep what they read.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { createToken } from "../../auth/create_token.ts";
import { defaultNamespace, namespaceOfToken } from "../../token.ts";
import type { Log, LogFormat } from "../../log.ts";
import { readEnv } from "../environment.ts";
import { CommandError } from "../problems.ts";
import { say, sayToken } from "../terminal/terminal.ts";
import { TokenOutput } from "../files/token_output.ts";

/** The variable that clients read, and that `serve` reads only where there is no token yet. */
const clientVariable = "EVENTODB_TOKEN";
/** Its name beside the data. */
const fileName = "eventodb-admin-token";

/** What decides where the token goes. */
export interface FirstTokenOptions {
  /** A token that was given: there is nothing to make. */
  token?: string;
  /** In test mode no token is needed. */
  testMode: boolean;
  /** No token goes into a log for machines. */
  format?: LogFormat;
  /** Where the data is: the file is there too. */
  dbUrl?: string;
  /** As for the store. */
  dataDir?: string;
}

/** Makes the first token when it is asked to, and sees to it that it is not lost. */
export class FirstToken implements AsyncDisposable {
  readonly #options: FirstTokenOptions;
  readonly #log: Log;
  #source: "none" | "environment" | "made" = "none";
  #token: string | undefined;
  #file: string | undefined;
  #isKept = false;

  /**
   * @param options Where the data is, and who reads the log.
   */
  constructor(options: FirstTokenOptions, log: Log) {
    this.#options = options;
    this.#log = log;
  }

  /**
   * The token for a store whose administrator has none.
   *
   * @returns That of the environment, or a new one, which is in its file already if it goes to one.
   * @throws {CommandError} The file cannot be written.
   */
  async make(): Promise<string> {
    const { testMode, format } = this.#options;
    const exported = readEnv(clientVariable)?.trim();
    if (exported !== undefined && namespaceOfToken(exported) === defaultNamespace) {
      this.#source = "environment";
      return exported;
    }
    this.#source = "made";
    const token = createToken(defaultNamespace);
    if (format === "json" && !testMode) await this.#write(token);
    return token;
  }

  /**
   * Says what became of it.
   *
   * @param token The token, if it is the administrator's now: another server may have been faster.
   */
  keep(token: string | undefined): void {
    this.#token = token;
    this.#isKept = token !== undefined;
  }

  /** Shows the operator the token, once the server listens. */
  announce(): void {
    const { token, testMode } = this.#options;
    if (this.#token !== undefined && this.#source === "environment") {
      this.#log.write(
        "warn",
        `${clientVariable} is now the administrator's token, since there was none: ` +
          "set EVENTODB_ADMIN_TOKEN for the server instead",
      );
    } else if (token === undefined && readEnv(clientVariable) !== undefined && !testMode) {
      this.#log.write(
        "info",
        `${clientVariable} is for clients and was not used: EVENTODB_ADMIN_TOKEN is for the server`,
      );
    }
    if (this.#token === undefined || this.#source !== "made" || testMode) return;
    const said = "the administrator's token is in a file";
    if (this.#file === undefined) {
      sayToken("Token of the namespace default, shown only now:", this.#token);
    } else if (this.#log.enabled("info")) this.#log.write("info", said, { file: this.#file });
    else say(JSON.stringify({ message: said, file: this.#file }));
  }

  /** A file whose token opens nothing is taken away again. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#file !== undefined && !this.#isKept) await Deno.remove(this.#file).catch(() => {});
  }

  async #write(token: string): Promise<void> {
    const file = join(folderOf(this.#options), fileName);
    try {
      await using output = await TokenOutput.open(file);
      await output.write(token);
    } catch (error) {
      if (!(error instanceof CommandError) && !(error instanceof Deno.errors.NotCapable)) {
        throw error;
      }
      throw new CommandError(`Cannot write the administrator's token: ${error.message}`, [
        "Give the server a token by --token-file FILE or EVENTODB_ADMIN_TOKEN, or allow the file",
      ], { cause: error });
    }
    this.#file = file;
  }
}

/** The folder of the data, or the working directory where the data has none. */
function folderOf({ dbUrl, dataDir }: FirstTokenOptions): string {
  if (dataDir !== undefined) return dataDir;
  if (dbUrl === undefined) return "eventodb-data";
  const path = /^(?:sqlite|kv):\/\/(.*)$/is.exec(dbUrl)?.[1];
  return path === undefined || path === "memory" ? "." : dirname(decodeURIComponent(path));
}
