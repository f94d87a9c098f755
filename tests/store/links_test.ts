/**
 * Indexes of links whose builder is killed, or is not alone.
 *
 * @module
 */

import { join } from "node:path";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { assertLinks, linkedHistory } from "../contract/links.ts";
import { create, importAll, NS, record } from "../contract/support.ts";
import { assertEquals } from "../support/assert.ts";
import { testPostgres } from "../support/postgres.ts";

/** More than a backend takes in at once. */
const events = linkedHistory(20_500);

interface Place extends AsyncDisposable {
  url: string;
  dataDir?: string;
}

async function folder(urlIn: (path: string) => string, isDataDir: boolean): Promise<Place> {
  const path = await Deno.makeTempDir({ prefix: "eventodb-" });
  return {
    url: urlIn(path),
    dataDir: isDataDir ? path : undefined,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

const postgres = await testPostgres();
const places: Record<string, () => Promise<Place>> = {
  sqlite: () => folder(() => "sqlite://meta.db", true),
  kv: () => folder((path) => `kv://${path}/events.kv`, false),
  postgres: async () => ({
    url: await postgres.createDatabase(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
};

const open = ({ url, dataDir }: Place): Promise<Store> => openStore(url, { dataDir });

async function fill(place: Place): Promise<void> {
  await using store = await open(place);
  await create(store, NS);
  await importAll(store, events);
}

/** Starts a process that builds the index; resolves once it has taken its first step. */
async function startBuilder(
  { url, dataDir = "" }: Place,
): Promise<{ child: Deno.ChildProcess; ended: Promise<string> }> {
  const program = join(import.meta.dirname!, "links_child.ts");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--unstable-kv", "-A", program, url, dataDir],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const words = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = (await words.read()).value ?? "";
  const rest = async () => {
    for (let next = await words.read(); !next.done; next = await words.read()) said += next.value;
    return said;
  };
  return { child, ended: rest() };
}

for (const [backend, newPlace] of Object.entries(places)) {
  Deno.test(`an index of links whose builder is killed goes on from there (${backend})`, async () => {
    await using place = await newPlace();
    await fill(place);
    const { child, ended } = await startBuilder(place);
    child.kill("SIGKILL");
    await child.status;
    await ended;
    await using store = await open(place);
    await assertLinks(store);
  });

  if (backend === "sqlite") continue;
  Deno.test(`an index of links is built by two processes at once (${backend})`, async () => {
    await using place = await newPlace();
    await fill(place);
    const { child, ended } = await startBuilder(place);
    await using store = await open(place);
    await assertLinks(store);
    assertEquals((await child.status).success, true);
    assertEquals((await ended).endsWith("done\n"), true);
    // One finds that the other's index lacks something.
    await using links = await store.openLinks(NS, {});
    await importAll(store, [record({ globalPosition: 1, stream: "late-1", metadata: correlated })]);
    const again = await startBuilder(place);
    assertEquals((await again.child.status).success, true);
    await again.ended;
    const found = await Array.fromAsync(links.linksTo(["target-1"]));
    assertEquals(found.map(({ stream }) => stream), ["late-1"]);
  });
}

const correlated = '{"correlationStreamName":"target-1"}';
