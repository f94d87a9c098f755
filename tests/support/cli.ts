/**
 * The real command line, as a process of its own.
 *
 * @module
 */

/** The path of the program. */
export const cliPath: string = new URL("../../cli.ts", import.meta.url).pathname;

/** A start then reads the modules of one command, and not of all: tests start hundreds of processes. */
const allowed = ["--allow-all", "--unstable-lazy-dynamic-imports"];

/** The words that run it with any permission, for tests that need another way to start a process. */
export const cliWords: readonly string[] = wordsOf(allowed);

/** The same in a command of a shell. */
export const cliInShell: string = cliWords.map((word) => `"${word}"`).join(" ");

function wordsOf(permissions: readonly string[]): [path: string, ...args: string[]] {
  return [Deno.execPath(), "run", "--quiet", "--no-prompt", ...permissions, cliPath];
}

/** How to run it. */
export interface RunCliOptions {
  /** What it reads from standard input. Default: nothing. */
  stdin?: string | Uint8Array;
  /** Variables of its environment, beside those that Deno needs. */
  env?: Record<string, string>;
  /** Its working folder. */
  cwd?: string;
  /**
   * Deno's flags, such as `--allow-net`. Default: `--allow-all`, and to load modules when they are needed,
   * which needs the permission to read and takes a third off a start. It is never asked.
   */
  permissions?: readonly string[];
  /** Another program, with arguments that come before the command's: an installed one. */
  program?: readonly [path: string, ...args: string[]];
  /** Only for `startCli`: close its standard output at once, as a reader that has seen enough. */
  closeStdout?: boolean;
}

/** How it ended. */
export interface CliResult {
  /** The exit status. */
  status: number;
  /** What it wrote to standard output. */
  stdout: string;
  /** What it wrote to standard error. */
  stderr: string;
}

/** A process that runs. */
export interface CliProcess extends AsyncDisposable {
  /** The process. */
  readonly process: Deno.ChildProcess;
  /** Resolves to what standard error has held when a line of it matches. */
  sees(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves when it has ended. */
  readonly ended: Promise<CliResult>;
}

/** How many commands of a test file run at once at most: more would only keep each other waiting. */
const runningMax = 4;
let running = 0;
const waiting: (() => void)[] = [];

/** Runs a command to its end, once fewer than {@linkcode runningMax} others run. */
export async function runCli(
  args: readonly string[],
  options: RunCliOptions = {},
): Promise<CliResult> {
  if (running < runningMax) running++;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await runToEnd(args, options);
  } finally {
    // The place goes to the next one, or is free.
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

async function runToEnd(args: readonly string[], options: RunCliOptions): Promise<CliResult> {
  const process = cliCommand(args, options).spawn();
  const input = typeof options.stdin === "string"
    ? new TextEncoder().encode(options.stdin)
    : options.stdin;
  if (input !== undefined) {
    const writer = process.stdin.getWriter();
    // A command that fails early does not read to the end.
    await writer.write(input).then(() => writer.close()).catch(() => {});
  }
  const { code, stdout, stderr } = await process.output();
  return { status: code, stdout: text(stdout), stderr: text(stderr) };
}

/** Starts a command that runs until it is told to end. */
export function startCli(args: readonly string[], options: RunCliOptions = {}): CliProcess {
  const process = cliCommand(args, options).spawn();
  const waiting = new Set<() => void>();
  let heard = "";
  const listening = (async () => {
    for await (const chunk of process.stderr.pipeThrough(new TextDecoderStream())) {
      heard += chunk;
      for (const look of waiting) look();
    }
  })();
  const ended = (async () => {
    const [stdout, { code }] = await Promise.all([
      options.closeStdout
        ? process.stdout.cancel().then(() => "")
        : new Response(process.stdout).text(),
      process.status,
      listening,
    ]);
    return { status: code, stdout, stderr: heard };
  })();
  return {
    process,
    ended,
    sees(pattern) {
      const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
      const look = () => {
        const match = pattern.exec(heard);
        if (match === null) return;
        waiting.delete(look);
        resolve(match);
      };
      waiting.add(look);
      look();
      ended.then(() => reject(new Error(`It ended without ${pattern}: ${heard}`)));
      return promise;
    },
    async [Symbol.asyncDispose]() {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await ended;
    },
  };
}

/** The last line of a text, parsed as JSON. */
export function lastJson(output: string): Record<string, unknown> {
  return JSON.parse(output.trimEnd().split("\n").at(-1)!);
}

/** The command to be run; its output is piped. */
export function cliCommand(args: readonly string[], options: RunCliOptions = {}): Deno.Command {
  const { env = {}, cwd, stdin, permissions = allowed } = options;
  const [path, ...before] = options.program ?? wordsOf(permissions);
  return new Deno.Command(path, {
    args: [...before, ...args],
    cwd,
    clearEnv: true,
    env: { ...kept(["PATH", "HOME", "DENO_DIR", "NPM_CONFIG_REGISTRY"]), NO_COLOR: "1", ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

function kept(names: readonly string[]): Record<string, string> {
  const pairs = names.map((name) => [name, Deno.env.get(name)] as const);
  return Object.fromEntries(
    pairs.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
