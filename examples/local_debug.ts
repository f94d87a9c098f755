/**
 * The story that this package is for, with the service of `workflow_service/`:
 *
 * A service stops in production at a message that it cannot handle. Its database says how far it is.
 * Its database and the events it needs are copied, in this order, and the service runs here: it goes on
 * from the very position in its database, stops at the same message, and, with the bug mended, goes on.
 *
 * Run it with `deno run --allow-all examples/local_debug.ts`. Everything happens in a temporary folder,
 * on free ports of this machine, and is gone afterwards.
 *
 * @module
 */

import {
  EventoDBClient,
  EventoDBError,
  exportEvents,
  importEvents,
  type ParsedMessage,
} from "@eventodb/cli";
import { serve } from "@eventodb/cli/server";
import { ServiceDatabase } from "./workflow_service/database.ts";
import { runService, type ServiceOptions } from "./workflow_service/service.ts";

const folder = await Deno.makeTempDir({ prefix: "eventodb-local-debug-" });
try {
  console.log("In production, several services write to the same streams.");
  await using productionServer = await serve({ port: 0, dataDir: `${folder}/production` });
  const production = { url: productionServer.url, token: productionServer.defaultToken! };
  const there = new EventoDBClient(production);
  for (let n = 1; n <= 20; n++) {
    await there.streamWrite(`workflow-${n}`, {
      type: "TaskRequested",
      data: { task: `task ${n}` },
    });
    await there.streamWrite(`email-${n}`, { type: "Sent", data: {} });
  }
  await there.streamWrite("workflow-7", { type: "TaskCompleted", data: {} });
  using inProduction = new ServiceDatabase(`${folder}/production.db`);
  const serviceThere = { client: there, database: inProduction };
  const first = await run(serviceThere, "NextStepStarted");

  console.log("\nThen the service stops at a message that it cannot handle.");
  await there.streamWrite("email-7", { type: "Sent", data: {} });
  const bad = await there.streamWrite("workflow-7", { type: "FinalResult", data: { share: 1.5 } });
  const stopped = await run(serviceThere);
  const archived = await there.streamWrite("workflow-7", { type: "Archived", data: {} });

  console.log(
    "\nIts database is copied, then its events are exported with the positions that they have.",
  );
  // In this order: the position in the copy must not be above everything that is exported.
  await inProduction.copyTo(`${folder}/local.db`);
  const file = `${folder}/prod-data.ndjson`;
  const events = exportEvents(production, { categories: ["workflow"] });
  await Deno.writeFile(file, events);

  console.log("\nHere, the events go into a fresh namespace of a local server.");
  await using localServer = await serve({ port: 0, dataDir: `${folder}/local` });
  const admin = new EventoDBClient({ url: localServer.url, token: localServer.defaultToken });
  const { token } = await admin.namespaceCreate("local-debug");
  const here = new EventoDBClient({ url: localServer.url, token });
  const { imported } = await importEvents((await Deno.open(file)).readable, {
    url: localServer.url,
    token,
  });
  console.log(`  ${imported} events`);

  using local = new ServiceDatabase(`${folder}/local.db`);
  const positions = [local.position(0), local.position(1)];
  console.log(
    `\nThe service goes on from where its database is, ${positions}:`,
  );
  const same = await run({ client: here, database: local });
  check(same.failure?.message === stopped.failure?.message, "it stops as it did in production");
  check(same.failure?.details?.globalPosition === bad.globalPosition, "at the same position");

  console.log("\nWith the bug mended, it gets through, and goes on with what is written here.");
  const mended = { client: here, database: local, shareMax: 2 };
  const rest = await run(mended, "Archived");
  await here.streamWrite("workflow-8", { type: "TaskCompleted", data: {} });
  const next = await run(mended, "NextStepStarted");
  const before = new Set([...first.handled, ...stopped.handled]);
  const after = [...same.handled, ...rest.handled, ...next.handled];
  check(!after.some((position) => before.has(position)), "nothing is handled a second time");
  check(Math.min(...next.handled) > archived.globalPosition, "what is written here comes after");
  console.table(local.workflows().filter(({ status }) => status !== "requested"));
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Runs the service until it fails or has handled a message of a type. */
async function run(service: ServiceOptions, lastType?: string) {
  const stop = new AbortController();
  const handled: number[] = [];
  const onHandled = ({ globalPosition, stream, type }: ParsedMessage) => {
    handled.push(globalPosition);
    if (stream !== "workflow-7" && stream !== "workflow-8") return;
    console.log(`  ${globalPosition} ${stream} ${type}`);
    if (type === lastType) stop.abort();
  };
  try {
    await runService({ ...service, signal: stop.signal, onHandled });
    return { handled, failure: undefined };
  } catch (failure) {
    if (!(failure instanceof EventoDBError)) throw failure;
    console.log(`  ${failure.message}`);
    return { handled, failure };
  }
}

function check(holds: boolean, promise: string): void {
  console.log(`  ${holds ? "ok" : "NOT SO"}: ${promise}`);
  if (!holds) throw new Error(`This is a bug: not so that ${promise}`);
}
