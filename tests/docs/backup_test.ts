/**
 * Runs the commands of docs/backup.md, section by section: what was there when the backup was made is there
 * after the restore, and nothing else.
 */

import { EventoDBClient } from "../../mod.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { startCluster } from "../support/postgres.ts";
import { findPostgresBinaries } from "../support/postgres_binaries.ts";
import { checkout } from "./documents.ts";
import { Reader } from "./reader.ts";
import { type ShownCommand, shownCommands } from "./shell_blocks.ts";

const page = Deno.readTextFileSync(`${checkout}docs/backup.md`);

/** The commands of each section that has some. */
const sections = new Map<string, ShownCommand[]>();
for (const section of page.split(/^(?=## )/m)) {
  const commands = shownCommands(section);
  if (commands.length > 0) sections.set(/^## (.*)$/m.exec(section)![1]!, commands);
}

/** What the server of `docs/operating.md` keeps its data in. */
const folder = ["--data-dir", "/var/lib/eventodb"];

function clientOf(reader: Reader): EventoDBClient {
  return new EventoDBClient({ url: reader.url, token: reader.token });
}

function write(reader: Reader, stream: string) {
  return clientOf(reader).streamWrite(stream, { type: "Opened", data: {} });
}

/** Backs up, writes, restores; then goes on writing. */
async function goBack(reader: Reader, section: string, firstOfRestore: RegExp): Promise<void> {
  const commands = sections.get(section)!;
  const restoreAt = commands.findIndex(({ text }) => firstOfRestore.test(text));
  assert(restoreAt > 0, `${section} shows a backup and a restore`);
  const from = commands.slice(0, restoreAt);
  // A restore that begins by stopping the server begins there.
  const stopAt = from.at(-1)!.text === "systemctl stop eventodb" ? restoreAt - 1 : restoreAt;
  await write(reader, "account-before");
  for (const command of commands.slice(0, stopAt)) await reader.type(command);
  await write(reader, "account-after");
  for (const command of commands.slice(stopAt)) await reader.type(command);
  const kept = await clientOf(reader).categoryGet("account");
  assertEquals(kept.map(({ stream }) => stream), ["account-before"], section);
  assert((await write(reader, "account-next")).globalPosition > 1);
}

Deno.test("docs/backup.md shows an export and an import that restore a namespace", async () => {
  await using reader = await Reader.begin();
  await goBack(reader, "By export", /eventodb import/);
});

Deno.test("docs/backup.md shows how to copy and restore a SQLite folder", async () => {
  await using reader = await Reader.begin({ serve: folder });
  await goBack(reader, "SQLite", /^mv /);
});

Deno.test("docs/backup.md shows how to copy and restore a Deno KV file", async () => {
  const url = /--db-url (kv:\S+)`/.exec(page)![1]!;
  await using reader = await Reader.begin({ serve: ["--db-url", url] });
  await goBack(reader, "SQLite", /^mv /);
});

const bin = await findPostgresBinaries();
const clients = ["pg_dump", "pg_restore", "createdb"];
const hasClients = clients.every((name) => {
  try {
    return Deno.statSync(`${bin}/${name}`).isFile;
  } catch {
    return false;
  }
});

Deno.test({
  name: "docs/backup.md shows how to dump and restore a Postgres database" +
    (hasClients ? "" : ` (not run: ${clients.join(", ")} are not installed)`),
  ignore: !hasClients,
  async fn() {
    await using postgres = await startCluster();
    const url = await postgres.createDatabase();
    const restored = new URL(url);
    restored.pathname = "/events_restored";
    await using reader = await Reader.begin({
      serve: ["--db-url", "$DATABASE_URL"],
      env: {
        DATABASE_URL: url,
        RESTORED_URL: restored.href,
        PATH: `${bin}:${Deno.env.get("PATH")}`,
      },
    });
    await goBack(reader, "Postgres", /^createdb /);
  },
});

Deno.test("docs/backup.md shows how to install a new version and start it", async () => {
  await using reader = await Reader.begin({ serve: folder });
  await write(reader, "account-before");
  for (const command of sections.get("Upgrade")!) await reader.type(command);
  assertEquals((await clientOf(reader).categoryGet("account")).length, 1);
});

Deno.test("docs/backup.md shows no commands but those that are run here", () => {
  assertEquals([...sections.keys()], ["By export", "SQLite", "Postgres", "Upgrade"]);
});
