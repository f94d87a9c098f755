/// <reference lib="dom" />

import { assertEquals } from "../support/assert.ts";
import { startServer } from "../support/server.ts";
import { assertAccessible, openUi, uiTest } from "../support/ui.ts";

uiTest(
  "the overview shows an empty namespace the way in, and finds one category among many",
  async () => {
    await using server = await startServer({ testMode: true });
    await using tab = await openUi(server.url);
    const { page } = tab;
    await page.getByText("This namespace has no events yet").waitFor();
    await assertAccessible(page);

    const names = ["<b>bold</b>", "javascript:alert(1),*", "\u202egnp.exe"];
    for (let n = 0; n < 1000; n++) names.push(`category${n}`);
    const lines = names.map((name, n) =>
      JSON.stringify({
        id: `id-${n}`,
        stream: `${name}-1`,
        type: "Counted",
        pos: 0,
        gpos: 3 * n + 1,
        data: {},
        meta: null,
        time: "2026-07-15T10:00:00.123456789Z",
      })
    );
    await (await fetch(`${server.url}/import`, { method: "POST", body: lines.join("\n") })).text();
    await page.reload();
    await page.getByText("The first 500 of 1,003 are shown").waitFor();
    await page.getByText("2026-07-15 12:00:00.123456789").waitFor();
    await page.getByRole("button", { name: "Local time" }).click();
    await page.getByText("2026-07-15 10:00:00.123456789").waitFor();
    await page.getByLabel("Find a category").fill("CATEGORY77");
    const rows = page.getByRole("rowheader");
    await page.waitForFunction(() => document.querySelectorAll("tbody th").length === 11);
    assertEquals(await rows.first().innerText(), "category77");
    await page.getByLabel("Find a category").fill("bold");
    await page.getByText("<b>bold</b>").waitFor();
    await page.getByLabel("Find a category").fill("javascript");
    // The filter takes a comma and a star for more than themselves.
    const link = page.getByRole("link", { name: "javascript" });
    assertEquals(
      await link.getAttribute("href"),
      `#/events?${new URLSearchParams({ zone: "utc", category: "javascript:alert(1)\\,\\*" })}`,
    );
    await page.getByLabel("Find a category").fill("nowhere");
    await page.getByText("No category has this in its name").waitFor();
    await assertAccessible(page);
    await page.setViewportSize({ width: 320, height: 640 });
    await page.getByLabel("Find a category").fill("");
    await page.getByText("The first 500").waitFor();
    assertEquals(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    assertEquals(tab.troubles, []);
  },
);
