import { EventoDBClient } from "../../mod.ts";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { startServer } from "../support/server.ts";

const examples = new URL("../../examples/", import.meta.url).pathname;

/** Runs an example as its reader does, in a folder in which it must leave nothing behind. */
async function run(path: string) {
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  try {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-all", `${examples}${path}`],
      cwd: folder,
      env: { NO_COLOR: "1", TMPDIR: folder },
      stdin: "null",
    }).output();
    const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { success, output, errors, left: [...Deno.readDirSync(folder)] };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("local_debug.ts goes on here from where the service's database is", async () => {
  const { success, output, errors, left } = await run("local_debug.ts");
  assertEquals([success, errors], [true, ""], output);
  for (
    const promise of [
      "it stops as it did in production",
      "at the same position",
      "nothing is handled a second time",
      "what is written here comes after",
    ]
  ) assertStringIncludes(output!, `ok: ${promise}`);
  assertEquals(left, []);
});

Deno.test("service.ts runs until it is stopped, and continues where it was", async () => {
  await using server = await startServer();
  const client = new EventoDBClient({ url: server.url, token: server.token });
  const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
  /** Runs it until it has handled a message, and gives what it has written. */
  const runUntil = async (line: string) => {
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-all", `${examples}workflow_service/service.ts`],
      env: {
        EVENTODB_URL: server.url,
        EVENTODB_TOKEN: server.token,
        DATABASE: `${folder}/workflows.db`,
        NO_COLOR: "1",
      },
      stdin: "null",
      stdout: "piped",
    }).spawn();
    let output = "";
    for await (const chunk of process.stdout.pipeThrough(new TextDecoderStream())) {
      const seen = output.includes(line);
      output += chunk;
      if (!seen && output.includes(line)) process.kill("SIGTERM");
    }
    assertEquals((await process.status).code, 0);
    return output;
  };
  try {
    await client.streamWrite("workflow-1", { type: "TaskRequested", data: { task: "pack" } });
    assertEquals(await runUntil("TaskRequested"), "1 workflow-1 TaskRequested\n");
    await client.streamWrite("workflow-1", { type: "TaskCompleted", data: {} });
    assertEquals(
      await runUntil("NextStepStarted"),
      "2 workflow-1 TaskCompleted\n3 workflow-1 NextStepStarted\n",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("examples/README.md names every example", async () => {
  const readme = await Deno.readTextFile(`${examples}README.md`);
  for (const { name } of Deno.readDirSync(examples)) {
    if (name !== "README.md") assertStringIncludes(readme, `](${name}`);
  }
});
