import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { startServer } from "../support/server.ts";
import { assertAccessible, openUi, uiTest } from "../support/ui.ts";

uiTest(
  "the page asks for a token, keeps it in the tab's storage and shows the categories",
  async () => {
    await using server = await startServer();
    await using tab = await openUi(server, { token: null });
    const { page } = tab;
    await page.getByLabel("Token").fill("ns_nonsense");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText("This is no token").waitFor();
    await assertAccessible(page);
    await page.getByLabel("Token").fill(`ns_ZGVmYXVsdA_${"0".repeat(64)}`);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByRole("alert").filter({ hasText: /token/i }).waitFor();
    await page.getByLabel("Token").fill(server.token);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByRole("heading", { name: "default" }).waitFor();
    assertEquals(page.url().includes(server.token), false);
    assertEquals(await page.evaluate(() => document.cookie), "");
    assertStringIncludes(
      await page.evaluate(() => sessionStorage.getItem("eventodb.tokens") ?? ""),
      server.token,
    );
    await assertAccessible(page);
    assertEquals(tab.troubles, []);
  },
);

uiTest("the page of a server in test mode opens at once, and ? shows its keys", async () => {
  await using server = await startServer({ testMode: true });
  await using tab = await openUi(server.url);
  const { page } = tab;
  await page.getByRole("heading", { name: "default" }).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await assertAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assertEquals(tab.troubles, []);
});
