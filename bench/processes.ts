/**
 * The real programs, as processes of their own: the command line, the server, the raw engines.
 *
 * @module
 */

import { createToken } from "../src/auth/create_token.ts";
import { type CliProcess, lastJson, startCli } from "../tests/support/cli.ts";
import { PeakMemory } from "./peak_memory.ts";

/** A program of `bench/raw/` reads what it is told. */
export async function readInput<T>(): Promise<T> {
  return await new Response(Deno.stdin.readable).json();
}

/** Users have Deno load all modules of the program at its start, which tests do not wait for. */
const asUsers = { permissions: ["--allow-all"] };

/** What a process did. */
export interface Run {
  /** From its start to its end, in milliseconds. */
  ms: number;
  /** The most memory that it had, in MiB; `undefined` where the system does not say. */
  peakMiB?: number;
  /** What it wrote to standard output. */
  stdout: string;
}

/** A server in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  /** The token of `default`, the administrator's. */
  readonly token: string;
  /** The most memory that it has had so far, in MiB. */
  peakMiB(): number | undefined;
}

/**
 * Runs a command of `eventodb` to its end.
 *
 * @param args Its arguments.
 * @returns How long it took, what it needed, and what it said with `--json`.
 */
export async function runEventodb(
  args: readonly string[],
): Promise<Run & { result: Record<string, unknown> }> {
  const start = performance.now();
  const quiet = args[0] === "import" || args[0] === "export" ? ["--quiet"] : [];
  const cli = startCli([...args, ...quiet, "--json"], asUsers);
  const memory = new PeakMemory(cli.process.pid);
  const { status, stdout, stderr } = await cli.ended;
  const ms = performance.now() - start;
  if (status !== 0) throw new Error(`eventodb ${args[0]} failed: ${stderr}${stdout}`);
  // An export to standard output says its last line on standard error.
  const result = lastJson(stdout === "" ? stderr : stdout);
  return { ms, peakMiB: memory.end(), stdout, result };
}

/**
 * Starts a server on a free port.
 *
 * @param options Its database; with a folder, SQLite files in that.
 * @returns The server, once it listens.
 */
export async function startServer(
  options: { dataDir: string } | { dbUrl: string },
): Promise<ServerProcess> {
  const token = createToken("default");
  const database = "dataDir" in options
    ? ["--data-dir", options.dataDir]
    : ["--db-url", options.dbUrl];
  const cli = startCli(["serve", "--port", "0", "--token", token, ...database], asUsers);
  const url = await listening(cli);
  const memory = new PeakMemory(cli.process.pid);
  return {
    url,
    token,
    peakMiB: () => memory.look(),
    async [Symbol.asyncDispose]() {
      memory.end();
      cli.process.kill("SIGTERM");
      await cli.ended;
    },
  };
}

/**
 * Starts a server of `bench/raw/`.
 *
 * @param name Its path from `bench/`.
 * @returns The server, once it listens; its token is any.
 */
export async function startRaw(name: string): Promise<ServerProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", new URL(name, import.meta.url).pathname],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const memory = new PeakMemory(child.pid);
  const end = async () => {
    memory.end();
    child.kill("SIGKILL");
    await Promise.all([child.status, child.stderr.cancel()]);
  };
  const reader = child.stderr.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  const url = /http:\/\/[\w.:]+/.exec(new TextDecoder().decode(value))?.[0];
  if (url === undefined) {
    await end();
    throw new Error(`${name} did not start`);
  }
  return { url, token: "none", peakMiB: () => memory.look(), [Symbol.asyncDispose]: end };
}

async function listening(cli: CliProcess): Promise<string> {
  return (await cli.sees(/listening.*?(http:\/\/[\w.:]+)/))[1]!;
}

/**
 * Runs a program of `bench/raw/` or another one of ours, in a process of its own.
 *
 * @param name Its path from `bench/`.
 * @param input What it is told, as JSON on its standard input.
 * @returns What it printed, as JSON, and what it needed.
 */
export async function runProgram<T>(
  name: string,
  input: unknown,
): Promise<Run & { result: T }> {
  const path = new URL(name, import.meta.url).pathname;
  const args = ["run", "--quiet", "--allow-all", path];
  const run = await runCommand(Deno.execPath(), args, JSON.stringify(input));
  return { ...run, result: JSON.parse(run.stdout) as T };
}

/**
 * Runs a command to its end.
 *
 * @param program The program.
 * @param args Its arguments.
 * @param input What it reads from its standard input. Default: nothing.
 * @returns How long it took and what it needed.
 * @throws {Error} It failed; with what it said.
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  input?: string,
): Promise<Run> {
  const start = performance.now();
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const memory = new PeakMemory(child.pid);
  if (input !== undefined) {
    await ReadableStream.from([input]).pipeThrough(new TextEncoderStream()).pipeTo(child.stdin);
  }
  const { success, stdout, stderr } = await child.output();
  const ms = performance.now() - start;
  const peakMiB = memory.end();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
  return { ms, peakMiB, stdout: new TextDecoder().decode(stdout) };
}

/**
 * What a program says, if it is there.
 *
 * @param program The program.
 * @param args Its arguments.
 * @returns Its standard output; `undefined` when there is no such program, or it failed.
 */
export async function tryOutput(
  program: string,
  args: readonly string[],
): Promise<string | undefined> {
  try {
    return (await runCommand(program, args)).stdout;
  } catch {
    return undefined;
  }
}

/** Lets the disk come to rest, so that one run does not pay for what another one wrote. */
export async function settle(): Promise<void> {
  await tryOutput("sync", []);
}
