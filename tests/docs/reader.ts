/**
 * Somebody who types what a document shows, in one shell. What cannot be the same for a test as for a
 * reader stands in `standIns`: addresses, folders of the system, and the name under which the package is
 * published.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { createToken } from "../../src/auth/create_token.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { cliInShell, type CliProcess, startCli } from "../support/cli.ts";
import { lineOf } from "../support/history.ts";
import { startCluster, type TestCluster } from "../support/postgres.ts";
import { installed } from "../support/proxies.ts";
import { startServer } from "../support/server.ts";
import { checkout } from "./documents.ts";
import { Shell } from "./shell.ts";
import type { ShownCommand } from "./shell_blocks.ts";

const deno = Deno.execPath();

/** Tasks that this test is part of, or that take minutes: `.ci/run` and readers run them. */
const tasksNotRunHere = ["test", "check", "ok", "bench"];

/** Tasks that have run: what a shell holds changes nothing of them, however they are typed. */
const tasksRun = new Set<string>();

/** Variables of the documents that hold the administrator's token of the reader's server. */
const adminTokens = ["ADMIN_TOKEN", "LOCAL_ADMIN_TOKEN", "LOCAL_TOKEN"];

/** The events that the documents speak of, as production has them. */
const productionEvents = [
  ["workflow-123", "TaskRequested", 47, "2025-07-15T10:00:00Z", {
    task: "pack",
    requestedBy: "alice@example.com",
  }],
  ["order-456", "Created", 89, "2025-07-15T10:00:01Z", { total: 12.5 }],
  ["workflow-123", "TaskCompleted", 90, "2025-08-15T10:00:02Z", {}],
].map(([stream, type, gpos, time, data], index) =>
  lineOf(index + 1, { stream, type, gpos, time, data })
).join("");

/** How a reader begins. */
export interface ReaderOptions {
  /** The arguments of the `serve` that runs already. Default: none. */
  serve?: readonly string[];
  /** More variables of the shell's environment. */
  env?: Record<string, string>;
}

/** Somebody who types what a document shows. */
export class Reader implements AsyncDisposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "eventodb-docs-" });
  readonly #resources = new AsyncDisposableStack();
  #adminToken = createToken("default");
  readonly #env: Record<string, string>;
  #production = "";
  #local = "";
  #server: CliProcess | undefined;
  #serveArguments: readonly string[] = [];
  #postgres: TestCluster | undefined;
  #shell!: Shell;

  private constructor(env: Record<string, string>) {
    this.#env = env;
  }

  /** Where the server is that the reader runs. */
  get url(): string {
    return this.#local;
  }

  /** The token of its namespace `default`. */
  get token(): string {
    return this.#adminToken;
  }

  /** Starts the server that the documents speak of, and a shell. */
  static async begin({ serve = [], env = {} }: ReaderOptions = {}): Promise<Reader> {
    const reader = new Reader(env);
    reader.#resources.defer(() => Deno.remove(reader.#folder, { recursive: true }));
    const production = reader.#resources.use(await startServer());
    await fetch(`${production.url}/import`, {
      method: "POST",
      headers: { Authorization: `Bearer ${production.token}` },
      body: productionEvents,
    }).then((response) => response.text());
    reader.#production = production.url;
    const token = reader.#adminToken;
    const bin = `${reader.#folder}/bin`;
    await Deno.mkdir(bin);
    await Deno.writeTextFile(`${reader.#folder}/events.ndjson`, productionEvents);
    await Deno.copyFile(
      `${checkout}examples/workflow_service/mask.yaml`,
      `${reader.#folder}/policy.yaml`,
    );
    await Deno.writeTextFile(
      `${bin}/eventodb`,
      `#!/bin/sh\nexec ${cliInShell} "$@"\n`,
      { mode: 0o755 },
    );
    reader.#shell = reader.#resources.use(
      new Shell(reader.#folder, {
        ...env,
        PATH: `${bin}:${env.PATH ?? Deno.env.get("PATH")}`,
        PROD_TOKEN: production.token,
        ...Object.fromEntries(adminTokens.map((name) => [name, token])),
      }),
    );
    await reader.#serve(serve);
    return reader;
  }

  /** Types a command. Throws when it does not end with status 0. */
  async type({ text }: ShownCommand): Promise<void> {
    const words = text.split(/\s+/).map((word) => word.replace(/^(['"])(.*)\1$/, "$2"));
    // The variables that are set for this command only, such as tokens.
    while (/^[A-Z_]+=/.test(words[0]!)) {
      if (words.shift() === "EVENTODB_ADMIN_TOKEN=$NEW_TOKEN") await this.#takeNewToken();
    }
    const [program, command, name] = words[0] === "npx" ? npxDeno(words) : words;
    if (program === "eventodb" && command === "serve") return await this.#serve(words.slice(2));
    if (program === "systemctl" && name === "eventodb") return await this.#control(command!);
    if (program === "deno" && command === "task") {
      assert(Object.keys(config.tasks).includes(name!), `deno.json has the task ${name}`);
      const task = words.slice(words.indexOf("task")).join(" ");
      if (tasksNotRunHere.includes(name!) || tasksRun.has(task)) return;
      tasksRun.add(task);
    }
    if (program === "curl" && installed("curl") === undefined) return;
    const { status, output } = await this.#shell.run(this.#asRun(text));
    assertEquals(status, 0, output);
    // It calls whatever a server responds with a success.
    if (program === "curl") assertMatch(output, /"done":true/);
  }

  /** What stands in for what only a reader has. */
  #asRun(text: string): string {
    const standIns: [string | RegExp, string][] = [
      ["http://prod:8080", this.#production],
      ["http://localhost:8080", this.#local],
      [/\/var\/lib\b/g, `${this.#folder}/var/lib`],
      ["jsr:@eventodb/cli/cli", "./cli.ts"],
      [
        /^deno install --global(?: --force)?/,
        `deno install --quiet --force --root "${this.#folder}" --global`,
      ],
      [/^npx --yes deno@[\d.]+ /, "deno "],
      [/^deno (.*)/, `(cd "${checkout}" && "${deno}" $1)`],
    ];
    return standIns.reduce((line, [written, real]) => line.replace(written, real), text);
  }

  /** The next server gets another token, and all that is typed later uses it. */
  async #takeNewToken(): Promise<void> {
    this.#adminToken = createToken("default");
    for (const name of adminTokens) await this.#shell.run(`${name}=${this.#adminToken}`);
  }

  /** What systemd does with a service: a stop is over when the process has ended, and has ended well. */
  async #control(command: string): Promise<void> {
    assert(["start", "stop", "restart"].includes(command), command);
    if (command !== "start") {
      this.#server!.process.kill("SIGTERM");
      const { status, stderr } = await this.#server!.ended;
      assertEquals(status, 0, stderr);
    }
    if (command !== "stop") await this.#serve(this.#serveArguments);
  }

  /** Starts the server that the reader starts in another terminal, in place of the one before. */
  async #serve(args: readonly string[]): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.#serveArguments = args;
    const own = await Promise.all(args.map((arg) => this.#localArgument(arg)));
    const portAt = own.indexOf("--port");
    if (portAt >= 0) own[portAt + 1] = "0";
    this.#server = startCli(["serve", ...own], {
      cwd: this.#folder,
      env: { EVENTODB_PORT: "0", EVENTODB_ADMIN_TOKEN: this.#adminToken },
    });
    const [, port] = await this.#server.sees(/http:\/\/[\d.]+:(\d+)/);
    this.#local = `http://localhost:${port}`;
  }

  async #localArgument(arg: string): Promise<string> {
    if (arg.startsWith("$")) return this.#env[arg.slice(1)]!;
    if (!arg.startsWith("postgres://")) return arg.replace("/var/lib", `${this.#folder}/var/lib`);
    this.#postgres ??= this.#resources.use(await startCluster());
    return await this.#postgres.createDatabase();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    await this.#resources.disposeAsync();
  }
}

/** `npx --yes deno@VERSION …` is `deno …`, of the version that continuous integration runs. */
function npxDeno(words: readonly string[]): string[] {
  const [, yes, versioned, ...rest] = words;
  assertEquals(yes, "--yes");
  assertMatch(Deno.readTextFileSync(`${checkout}.ci/run`), new RegExp(`--yes ${versioned}\\)`));
  return ["deno", ...rest];
}
