/// <reference lib="dom" />
/** What an engineer does with the page after an import, on each backend, with a token and without one. */

import { EventoDBClient } from "@eventodb/cli/client";
import { writeStory, writeTasks } from "../../examples/demo_events.ts";
import { assertEquals } from "../support/assert.ts";
import { testPostgres } from "../support/postgres.ts";
import { startServer } from "../support/server.ts";
import { openUi, uiTest } from "../support/ui.ts";

const postgres = await testPostgres();

const backends: [name: string, dbUrl: () => string | Promise<string>, testMode: boolean][] = [
  ["SQLite, in test mode", () => "sqlite://memory", true],
  ["Postgres", () => postgres.createDatabase(), false],
  ["Deno KV", () => "kv://memory", false],
];

for (const [name, dbUrl, testMode] of backends) {
  uiTest(
    `from a stream's name to the event that broke a service and its record (${name})`,
    async () => {
      await using server = await startServer({ dbUrl: await dbUrl(), testMode });
      const client = new EventoDBClient({ url: server.url, token: server.token });
      await writeTasks(client);
      await writeStory(client);
      await using tab = await openUi(testMode ? server.url : server, {
        permissions: ["clipboard-read", "clipboard-write"],
      });
      const { page } = tab;
      await page.getByRole("rowheader", { name: "workflow" }).waitFor();

      // The name leads to its events, and from there to what is related to them.
      await page.keyboard.press("/");
      await page.keyboard.type("workflow-123");
      await page.getByRole("option", { name: /^Stream workflow-123/ }).waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("row", { name: /FinalResult/ }).waitFor();
      await page.getByRole("main").getByRole("link", { name: "Trace" }).first().click();
      const story = page.getByRole("list", { name: "Events" });
      await story.getByRole("link", { name: /PayoutRefused/ }).click();

      const panel = page.getByRole("complementary");
      await panel.getByRole("heading", { name: "PayoutRefused" }).waitFor();
      const record = await client.streamLast("payment-9");
      await page.getByText(record!.id).first().waitFor();

      // A text of its payload, and its id, lead to it as well.
      await page.keyboard.press("/");
      await page.keyboard.type(record!.id);
      await page.getByRole("option", { name: /^Event/ }).first().click();
      await page.waitForURL(new RegExp(`event=${record!.globalPosition}\\b`));

      // The record that goes into a test is the line of an export.
      await panel.getByRole("button", { name: "Record" }).click();
      const path = `/export?position=${record!.globalPosition}&to=${record!.globalPosition}`;
      const headers = { Authorization: `Bearer ${server.token}` };
      const line = await (await fetch(server.url + path, { headers })).text();
      await page.waitForFunction(
        async (text) => await navigator.clipboard.readText() === text,
        line,
      );
      assertEquals(tab.troubles, []);
    },
  );
}
