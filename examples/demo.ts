/**
 * The whole job in half a minute, as a person would do it: a production server and a local one,
 * events, an export by category and window, an import, and the next write.
 *
 * Run it with `deno task demo`. Everything happens in a temporary folder, on free ports of this
 * machine, and is gone afterwards.
 *
 * @module
 */

import { EventoDBClient } from "@eventodb/cli";
import { TextLineStream } from "../src/deps/text_line_stream.ts";
import { writeStory, writeTasks } from "./demo_events.ts";

const cli = new URL("../cli.ts", import.meta.url).href;
const isBold = Deno.stdout.isTerminal() && !Deno.noColor;
const bold = (text: string) => isBold ? `\x1b[1m${text}\x1b[0m` : text;
const say = (text: string) => console.log(`\n${bold(text)}`);

/** Starts `eventodb serve` with a folder of its own, and resolves once it listens. */
async function startServer(folder: string, token: string) {
  const args = ["serve", "--port", "0", "--data-dir", folder];
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", cli, ...args],
    // Not among the arguments, which every user of the machine can read.
    env: { EVENTODB_ADMIN_TOKEN: token },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const lines = process.stderr.pipeThrough(new TextDecoderStream()).pipeThrough(
    new TextLineStream(),
  );
  const started = Promise.withResolvers<string>();
  const drained = (async () => {
    for await (const line of lines) {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (url !== undefined) started.resolve(url);
    }
    started.reject(new Error("The server ended before it listened"));
  })();
  return {
    url: await started.promise,
    async [Symbol.asyncDispose]() {
      process.kill("SIGTERM");
      await process.status;
      await drained;
    },
  };
}

/** Runs an `eventodb` command, showing it and its output. */
async function eventodb(...args: string[]) {
  console.log(`$ eventodb ${args.join(" ")}`);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", cli, ...args],
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`"eventodb ${args[0]}" failed`);
}

/** A token for the namespace `default`, as an operator would have it. */
function newToken(): string {
  const random = crypto.getRandomValues(new Uint8Array(32));
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `ns_${btoa("default").replaceAll("=", "")}_${hex}`;
}

const folder = await Deno.makeTempDir({ prefix: "eventodb-demo-" });
try {
  const productionToken = newToken();
  const localToken = newToken();
  await using productionServer = await startServer(`${folder}/production`, productionToken);
  await using localServer = await startServer(`${folder}/local`, localToken);
  const production = new EventoDBClient({ url: productionServer.url, token: productionToken });
  const local = new EventoDBClient({ url: localServer.url, token: localToken });

  say("1. Two servers: production, and yours.");
  console.log(`production ${productionServer.url}\nlocal      ${localServer.url}`);

  say("2. Several services write to the same streams in production.");
  await writeTasks(production);
  const since = new Date(Date.now() + 1).toISOString();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const last = await writeStory(production);
  console.log(`${last} events, the last one at global position ${last}`);

  say("3. Export two categories of a window of time.");
  const file = `${folder}/events.ndjson`;
  const categories = ["--categories", "workflow,order"];
  Deno.env.set("EVENTODB_TOKEN", productionToken);
  await eventodb(
    ...["export", "--url", productionServer.url, ...categories],
    ...["--since", since, "--output", file],
  );
  console.log((await Deno.readTextFile(file)).trimEnd());

  say("4. Import them into your local server.");
  Deno.env.set("EVENTODB_TOKEN", localToken);
  await eventodb("import", "--url", localServer.url, "--input", file);

  say("5. Every event is where it was.");
  const row = (...cells: unknown[]) =>
    console.log(cells.map((cell) => String(cell).padEnd(16)).join(""));
  row("stream", "type", "production", "local");
  const imported = await local.categoryGet("");
  for (const message of imported) {
    const [original] = await production.streamGet(message.stream, {
      position: message.position,
      batchSize: 1,
    });
    row(message.stream, message.type, original?.globalPosition, message.globalPosition);
    if (JSON.stringify(original) !== JSON.stringify(message)) {
      throw new Error(`${message.stream} differs: this is a bug`);
    }
  }

  say("6. The next write comes after them.");
  const next = await local.streamWrite("workflow-123", { type: "Reopened", data: {} });
  console.log(
    `workflow-123 goes on at position ${next.position}, global position ${next.globalPosition}`,
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}
