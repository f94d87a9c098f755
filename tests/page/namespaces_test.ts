/// <reference lib="dom" />

import { assertEquals } from "../support/assert.ts";
import { startServer } from "../support/server.ts";
import { assertAccessible, openUi, uiTest } from "../support/ui.ts";

async function rpc(server: { url: string; token: string }, ...call: unknown[]): Promise<unknown> {
  const response = await fetch(`${server.url}/rpc`, {
    method: "POST",
    headers: { Authorization: `Bearer ${server.token}` },
    body: JSON.stringify(call),
  });
  return await response.json();
}

uiTest("the administrator makes, opens and deletes namespaces on the page", async () => {
  await using server = await startServer();
  await rpc(server, "ns.create", "<b>bold</b>", { description: "<img src=x onerror=alert(1)>" });
  await using tab = await openUi(server, { address: "#/namespaces" });
  const { page } = tab;
  await page.getByText("<img src=x onerror=alert(1)>").waitFor();
  await assertAccessible(page);

  await page.getByRole("button", { name: "New namespace" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("default");
  await dialog.getByRole("button", { name: "Make it" }).click();
  await dialog.getByRole("alert").filter({ hasText: "default" }).waitFor();
  await dialog.getByLabel("Name").fill("local-debug");
  await dialog.getByLabel("Description").fill("July");
  await dialog.getByRole("button", { name: "Make it" }).click();
  const token = await dialog.locator("code").innerText();
  await assertAccessible(page);
  await rpc({ ...server, token }, "stream.write", "workflow-1", { type: "Started", data: {} });
  await dialog.getByRole("link", { name: "Open it" }).click();
  await page.getByRole("heading", { name: "local-debug" }).waitFor();
  await page.getByRole("rowheader", { name: "workflow" }).waitFor();
  // Its own token is not the administrator's.
  assertEquals(await page.getByRole("link", { name: "Namespaces" }).count(), 0);

  await page.goBack();
  await page.getByRole("button", { name: "Delete local-debug" }).click();
  const deleting = page.getByRole("button", { name: "Delete it" });
  assertEquals(await deleting.isDisabled(), true);
  await page.getByLabel("Type its name").fill("local-debug");
  await deleting.click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Delete local-debug" }).waitFor({ state: "detached" });
  const left = await rpc(server, "ns.list") as { namespace: string }[];
  assertEquals(left.map(({ namespace }) => namespace), ["<b>bold</b>", "default"]);
  assertEquals(tab.troubles, []);
});

uiTest(
  "the page shows how far behind consumers are that keep their position in the store",
  async () => {
    await using server = await startServer();
    for (let n = 1; n <= 1500; n += 500) {
      const lines = Array.from({ length: 500 }, (_, index) => {
        const gpos = n + index;
        return JSON.stringify({
          id: `id-${gpos}`,
          stream: `workflow-${gpos % 7}`,
          type: "Counted",
          pos: gpos,
          gpos,
          data: {},
          meta: null,
          time: "2026-07-15T10:00:00Z",
        });
      });
      await (await fetch(`${server.url}/import`, {
        method: "POST",
        headers: { Authorization: `Bearer ${server.token}` },
        body: lines.join("\n"),
      })).text();
    }
    const positions = [
      ["workflow:position-behind", { position: 1488 }],
      ["workflow:position-done", { position: 1500 }],
      ["workflow:position-far", { position: 3 }],
      ["workflow:position-ahead", { position: 90_000 }],
      ["workflow:position-odd", { position: "many" }],
      ["other:command+position-x", { position: 5 }],
    ];
    for (const [stream, data] of positions) {
      await rpc(server, "stream.write", stream, { type: "Recorded", data });
    }
    await using tab = await openUi(server, { address: "#/consumers" });
    const { page } = tab;
    const row = (name: string) =>
      page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });
    await row("behind").getByText("12 events").waitFor();
    await row("done").getByText("up to date").waitFor();
    await row("far").getByText("over 1,000 events").waitFor();
    await row("ahead").getByText("ahead of the namespace, which ends at 1,506").waitFor();
    await row("odd").getByText("its last event holds no position").waitFor();
    await row("x").getByText("other:command").waitFor();
    await row("x").getByText("up to date").waitFor();
    await assertAccessible(page);
    await page.setViewportSize({ width: 320, height: 640 });
    assertEquals(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    await row("behind").getByText("12 events").click();
    await page.waitForURL(/event=1489/);
    assertEquals(tab.troubles, []);
  },
);
