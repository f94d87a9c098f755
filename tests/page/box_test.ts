/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { lineOf, runImport, uuidOf } from "../support/history.ts";
import { startServer } from "../support/server.ts";
import { assertAccessible, openUi, uiTest } from "../support/ui.ts";

/** Types into the box, and waits until it offers a place. */
async function type(page: Page, text: string, expected: string | RegExp): Promise<string[]> {
  const box = page.getByRole("combobox", { name: /^Go to/ });
  await box.fill(text);
  await page.getByRole("option", { name: expected }).first().waitFor();
  return await page.getByRole("option").allInnerTexts();
}

/** Enter, and the params of the address then. */
async function enter(page: Page): Promise<Record<string, string>> {
  await page.keyboard.press("Enter");
  await page.locator(".places").waitFor({ state: "hidden" });
  return Object.fromEntries(new URLSearchParams(new URL(page.url()).hash.split("?")[1]));
}

/** Closes an event's panel, once it has taken the focus. */
async function closePanel(page: Page): Promise<void> {
  await page.locator(".event-panel:focus, .event-panel :focus").first().waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".event-panel").waitFor({ state: "detached" });
}

const hostile = ["<img src=x onerror=alert(1)>", "order-\u202e1", "a*b\\c,d-1", "__proto__"];

uiTest(
  "the box goes to streams, categories, ids, positions and times, and says so before",
  async () => {
    await using server = await startServer({ testMode: true });
    const lines = Array.from({ length: 30 }, (_, i) =>
      lineOf(47 + 2 * i, {
        gpos: 47 + 2 * i,
        stream: `workflow-${120 + i % 3}`,
        pos: Math.floor(i / 3),
        time: `2026-07-15T10:00:${String(i).padStart(2, "0")}.5Z`,
      }));
    lines.push(...hostile.map((stream, i) => lineOf(200 + i, { gpos: 200 + i, stream, pos: 0 })));
    assertEquals((await runImport(server, lines.join(""))).imported, lines.length);
    await using tab = await openUi(server.url, { token: null, address: "#/overview" });
    const { page } = tab;
    await page.getByRole("heading", { name: "default" }).waitFor();
    await page.keyboard.press("/");
    assertEquals(
      await page.evaluate(() => document.activeElement?.getAttribute("role")),
      "combobox",
    );

    // Streams, and those that begin like it; the first place is a stream of exactly this name.
    assertEquals(await type(page, "workflow-12", /^Stream workflow-120/), [
      "Stream workflow-120, up to position 9",
      "Stream workflow-121, up to position 9",
      "Stream workflow-122, up to position 9",
      "All streams that begin with workflow-12",
      "Event with the id workflow-12",
      "Search the text workflow-12",
    ]);
    await assertAccessible(page);
    assertEquals(
      (await type(page, "workflow-121", /^Stream workflow-121/))[0],
      "Stream workflow-121, up to position 9",
    );
    assertEquals(await enter(page), { stream: "workflow-121" });
    await page.getByRole("gridcell", { name: "workflow-121" }).nth(9).waitFor();
    await page.getByText("10 events found").first().waitFor();
    // The key of the trace leads to that of the stream.
    await page.keyboard.press("3");
    await page.waitForURL(/#\/trace\?stream=workflow-121$/);
    await page.goBack();
    await page.getByText("10 events found").first().waitFor();
    // A word is looked for in texts: ids have digits.
    await page.keyboard.press("/");
    assertEquals(await type(page, "deprecation", "Search the text deprecation"), [
      "Search the text deprecation",
    ]);
    await page.keyboard.press("Escape");

    // Keys choose; Escape closes.
    await page.keyboard.press("/");
    await type(page, "workflow-12", /^Stream workflow-120/);
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
    await page.locator('[role="option"][aria-selected="true"]', { hasText: "All streams" })
      .waitFor();
    assertEquals(await enter(page), { stream: "workflow-12*" });
    await page.keyboard.press("/");
    await type(page, "workfl", /^Category/);
    await page.keyboard.press("ArrowUp");
    await page.locator('[role="option"][aria-selected="true"]', { hasText: "Search" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("listbox").waitFor({ state: "hidden" });

    // A category: known as soon as the names are, however early Enter comes.
    await page.getByRole("combobox", { name: /^Go to/ }).fill("workflow");
    assertEquals(await enter(page), { category: "workflow" });

    // Positions: one that is there opens, one that is missing shows where it would be.
    await page.keyboard.press("/");
    assertEquals((await type(page, "49", "Go to position 49"))[0], "Go to position 49");
    assertEquals(await enter(page), { at: "49", event: "49" });
    await closePanel(page);
    await page.keyboard.press("/");
    await type(page, "56", "Go to position 56");
    assertEquals(await enter(page), { at: "56" });
    await page.getByText("56 is not in this copy", { exact: true }).waitFor();
    await page.keyboard.press("/");
    await type(page, "99999", "Go to position 99999");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("No event is at position 99999, nor after it.")
      .waitFor();
    await page.locator('[role="option"][aria-selected="true"]', { hasText: "Search" }).waitFor();
    await assertAccessible(page);
    assertEquals(await enter(page), { text: "99999" });

    // Times, in the zone that is shown: Berlin's summer here.
    await page.keyboard.press("/");
    assertEquals(
      (await type(page, "2026-07-15 12:00:10", "Go to the time"))[0],
      "Go to the time 2026-07-15 12:00:10, local time",
    );
    assertEquals(await enter(page), { at: "67" });
    await page.getByRole("button", { name: "Local time" }).click();
    await page.keyboard.press("/");
    await type(page, "2026-07-15 10:00:20", "UTC");
    assertEquals(await enter(page), { zone: "utc", at: "87" });
    await page.keyboard.press("/");
    await type(page, "2026-07-15T12:00:20.4+02:00", "2026-07-15 10:00:20.4");
    assertEquals(await enter(page), { zone: "utc", at: "87" });
    await page.keyboard.press("/");
    await type(page, "2027-01-01", "Go to the time");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("No event is as late as this.").waitFor();

    // Ids.
    await type(page, uuidOf(51), "Event with the id");
    assertEquals(await enter(page), { zone: "utc", at: "51", event: "51" });
    await closePanel(page);
    await page.keyboard.press("/");
    await type(page, uuidOf(50), "Event with the id");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("No event of this namespace has this id.").waitFor();

    // Names that look like something else are names.
    for (const name of hostile) {
      const [first] = await type(page, name, /^Stream/);
      assertStringIncludes(first!, name.replace("\u202e", "\\u202e"));
      await page.keyboard.press("Enter");
      const found = page.locator(".event[id]");
      await found.filter({ hasText: name.replace("\u202e", "\\u202e") }).waitFor();
      await page.getByText("1 event found").first().waitFor();
      assertEquals(await found.count(), 1);
      assert(page.url().includes("stream="));
      await page.keyboard.press("/");
    }
    // A token goes nowhere.
    await page.getByRole("combobox", { name: /^Go to/ }).fill(`ns_ZGVmYXVsdA_${"0".repeat(64)}`);
    await page.getByRole("alert").getByText("This is a token").waitFor();
    assertEquals(await page.getByRole("combobox", { name: /^Go to/ }).inputValue(), "");
    assertEquals(tab.troubles, []);
  },
);
