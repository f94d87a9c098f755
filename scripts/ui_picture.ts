/**
 * Takes the picture of the page that README.md shows: the trace of the demo's `workflow-123`.
 *
 *     deno run --allow-all scripts/ui_picture.ts [docs/page.png]
 *
 * It needs Chromium. Ids and times are always the same; the fonts are those of the machine.
 *
 * @module
 */

import { EventoDBClient, importEvents } from "@eventodb/cli";
import { serve } from "@eventodb/cli/server";
import { chromium } from "playwright-core";
import { writeStory, writeTasks } from "../examples/demo_events.ts";
import { findBrowser } from "../tests/support/browser.ts";

/** When the first event of the picture was written. */
const begin = Date.UTC(2026, 6, 15, 10);

/** The story that is shown begins here, after the tasks. */
const storyBegin = 41;

/** A server in memory with the events of the demo, as they would be after an import. */
async function startServer() {
  const options = { port: 0, dbUrl: "sqlite://memory", testMode: true };
  await using written = await serve(options);
  const client = new EventoDBClient({ url: written.url });
  await writeTasks(client);
  await writeStory(client);
  const records = (await client.categoryGet("", { batchSize: -1 })).map((message) => {
    const { stream, type, position, globalPosition, data, metadata } = message;
    const id = `00000000-0000-4000-8000-${String(globalPosition).padStart(12, "0")}`;
    // Tasks every minute; in the story, something every second or two, and one response that takes long.
    const seconds = globalPosition < storyBegin
      ? globalPosition * 60
      : 3000 + (globalPosition - storyBegin) * 1.4 + (globalPosition > 46 ? 12 : 0);
    const time = new Date(begin + seconds * 1000).toISOString();
    const record = { id, stream, type, pos: position, gpos: globalPosition, data, time };
    return `${JSON.stringify({ ...record, meta: metadata })}\n`;
  });
  const shown = await serve(options);
  await importEvents(new Blob(records).stream(), { url: shown.url });
  return shown;
}

async function takePicture(path: string): Promise<void> {
  const found = await findBrowser();
  if (found.path === null) throw new Error(found.reason);
  await using server = await startServer();
  const browser = await chromium.launch({
    executablePath: found.path,
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--no-proxy-server"],
  });
  try {
    const page = await browser.newPage({
      viewport: { width: 1280, height: 600 },
      deviceScaleFactor: 1.25,
      colorScheme: "light",
      timezoneId: "UTC",
    });
    await page.goto(`${server.url}/ui#/trace?stream=workflow-123&event=46`);
    await page.locator('a[data-position="46"][aria-current]').waitFor();
    await page.getByRole("complementary").getByText("In its stream").waitFor();
    await page.screenshot({ path });
  } finally {
    await browser.close();
  }
}

if (import.meta.main) {
  await takePicture(Deno.args[0] ?? new URL("../docs/page.png", import.meta.url).pathname);
}
