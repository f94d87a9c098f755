/**
 * A shell that a test types into, one command after the other, as a reader of the docs does.
 *
 * @module
 */

import { TextLineStream } from "../../src/deps/text_line_stream.ts";

/** How a command ended, and what it said. */
export interface ShellResult {
  /** Its exit status. */
  status: number;
  /** What it wrote to standard output and standard error. */
  output: string;
}

/** A running `bash`. */
export class Shell implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #mark = crypto.randomUUID();

  /**
   * @param cwd Its folder.
   * @param env Variables of its environment.
   */
  constructor(cwd: string, env: Record<string, string>) {
    this.#process = new Deno.Command("bash", {
      args: ["--noprofile", "--norc"],
      cwd,
      env: { NO_COLOR: "1", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#lines = this.#process.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream()).getReader();
  }

  /**
   * Runs a command to its end. Variables that it sets are there for the next.
   *
   * @param command The command.
   * @returns How it ended.
   */
  async run(command: string): Promise<ShellResult> {
    const script = `{ ${command}\n} 2>&1 </dev/null; printf '\\n%s %s\\n' ${this.#mark} $?\n`;
    await this.#input.write(new TextEncoder().encode(script));
    let output = "";
    for (;;) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error(`The shell ended in: ${command}\n${output}`);
      if (value.startsWith(this.#mark)) {
        return { status: Number(value.slice(this.#mark.length)), output };
      }
      output += `${value}\n`;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#lines.cancel();
    await this.#process.status;
  }
}
