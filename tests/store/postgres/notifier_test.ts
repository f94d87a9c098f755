import type { AppendedMessage } from "../../../src/store/store.ts";
import pg from "../../../src/deps/pg.ts";
import { Database } from "../../../src/store/postgres/connection/database.ts";
import { Notifier } from "../../../src/store/postgres/notices/notifier.ts";
import { CHANNEL, NoticeReader } from "../../../src/store/postgres/notices/notice.ts";
import { assertEquals } from "../../support/assert.ts";
import { testPostgres } from "../../support/postgres.ts";

const postgres = await testPostgres();

function message(globalPosition: number, stream = "a-1"): AppendedMessage {
  return { stream, position: globalPosition, globalPosition, correlation: "flow" };
}

Deno.test("Notifier lets writes share a notice, and says nothing of them when some are not its own", async () => {
  const url = await postgres.createDatabase();
  await using database = await Database.open(url);
  const notifier = new Notifier(database, "one");
  const ear = new pg.Client({ connectionString: url });
  await ear.connect();
  const reader = new NoticeReader("other");
  const heard: unknown[] = [];
  const end = Promise.withResolvers<void>();
  ear.on("notification", ({ payload = "" }) => {
    const appended = reader.read(payload);
    if (appended?.namespace === "end") end.resolve();
    else heard.push(appended);
  });
  await ear.query(`LISTEN ${CHANNEL}`);

  notifier.notify("alone", [message(1)], 0);
  notifier.notify("shared", [message(1)], 0);
  notifier.notify("shared", [message(2), message(3)], 1);
  notifier.notify("gap", [message(1)], 0);
  notifier.notify("gap", [message(3)], 2);
  notifier.notify("gap", [message(4)], 3);
  const long = "\u0001".repeat(900);
  notifier.notify("long", [message(1, `${long}-1`), message(2, `${long}-2`)], 0);
  notifier.notify(`${"\u0001".repeat(255)}`, [message(1, long)], 0);
  await notifier.running;
  notifier.notify("end", [], 0);
  await notifier.running;
  await end.promise;
  await ear.end();
  assertEquals(heard, [
    { namespace: "alone", kind: "written", messages: [message(1)], previous: 0 },
    {
      namespace: "shared",
      kind: "written",
      messages: [message(1), message(2), message(3)],
      previous: 0,
    },
    { namespace: "gap", kind: "unknown" },
    { namespace: "long", kind: "unknown" },
    { namespace: "\u0001".repeat(255), kind: "written", messages: [message(1, long)], previous: 0 },
  ]);
});
