/// <reference lib="dom" />
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { assertAccessible, openUi, uiTest } from "../support/ui.ts";

/** A record; numbers that JavaScript would round stay what they are. */
function record(gpos: number, stream = "workflow-1", pos = gpos - 1): string {
  const id = `00000000-0000-4000-8000-${String(gpos).padStart(12, "0")}`;
  return `{"id":"${id}","stream":"${stream}","type":"Counted","pos":${pos},"gpos":${gpos},` +
    `"data":{"cents":9007199254740993,"rate":1.0},"meta":null,"time":"2026-07-15T10:00:00.123456789Z"}\n`;
}

function records(count: number): string {
  return Array.from({ length: count }, (_, index) => record(index + 1)).join("");
}

async function choose(page: Page, name: string, bytes: string | Uint8Array): Promise<void> {
  const buffer = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  // deno-lint-ignore no-explicit-any -- Playwright's types want Node's Buffer, and take any bytes.
  const file: any = { name, mimeType: "application/octet-stream", buffer: Buffer.from(buffer) };
  await page.getByLabel("Choose a file").setInputFiles(file);
}

async function exported(server: TestServer): Promise<string> {
  const headers = { Authorization: `Bearer ${server.token}` };
  return await (await fetch(`${server.url}/export`, { headers })).text();
}

uiTest(
  "the page imports a file, whole or not at all, and shows the line that is wrong",
  async () => {
    await using server = await startServer({ files: true });
    await using tab = await openUi(server, { address: "#/transfer" });
    const { page } = tab;
    const importing = page.getByRole("region", { name: "Import a file" });
    const wrong = records(2046) + record(1, "workflow-2", 0) + records(1);

    await choose(page, "july.ndjson", wrong);
    await importing.getByRole("button", { name: "Import" }).click();
    await importing.getByRole("alert").filter({ hasText: "2047" }).waitFor();
    await importing.getByText("Line 2,047 of the file").waitFor();
    assertStringIncludes(await importing.locator("li.wrong").innerText(), '"stream":"workflow-2"');
    assertEquals(await exported(server), "");
    await assertAccessible(page);

    await choose(page, "july.ndjson.gz", gzipSync(records(3000)));
    await importing.getByRole("button", { name: "Import" }).click();
    await importing.getByText("3,000 events imported").waitFor();
    assertEquals(await exported(server), records(3000));

    // Again: an error, unless what is there is skipped, or replaced.
    await importing.getByRole("button", { name: "Import" }).click();
    await importing.getByRole("alert").waitFor();
    await importing.getByLabel("Add, skip what is there").check();
    await importing.getByRole("button", { name: "Import" }).click();
    await importing.getByText("3,000 skipped").waitFor();
    await choose(page, "one.ndjson", record(7, "workflow-9", 4));
    await importing.getByLabel("Replace").check();
    await importing.getByRole("button", { name: "Replace 3,000 events" }).click();
    await importing.getByRole("button", { name: "Yes, replace" }).click();
    await importing.getByText("1 event imported").waitFor();
    assertEquals(await exported(server), record(7, "workflow-9", 4));
    await assertAccessible(page);
    assertEquals(tab.troubles, []);
  },
);

uiTest(
  "the page says what else a file is, and that folders and several files are none to import",
  async () => {
    await using server = await startServer();
    await using tab = await openUi(server, { address: "#/transfer" });
    const { page } = tab;
    const files: [string, string | number[], RegExp][] = [
      ["a.png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a], /a picture/],
      ["a.ndjson.zst", [0x28, 0xb5, 0x2f, 0xfd, 0], /zstd/],
      ["list.json", '[{"id":"1"}]', /a JSON array/],
      ["notes.txt", "Dear all", /its first line is not a record/],
      ["a.bin", [0x7b, 0], /not text/],
    ];
    for (const [name, content, message] of files) {
      await choose(page, name, typeof content === "string" ? content : Uint8Array.from(content));
      await page.getByRole("alert").filter({ hasText: message }).filter({ hasText: name })
        .waitFor();
    }
    // What a drop of several files brings; Chromium lets no script make a folder.
    await page.evaluate(() => {
      const data = new DataTransfer();
      for (const name of ["a.ndjson", "b.ndjson"]) data.items.add(new File(["{}"], name));
      document.body.dispatchEvent(
        new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }),
      );
    });
    await page.getByRole("alert").filter({ hasText: "2 files" }).waitFor();
    assertEquals(tab.troubles, []);
  },
);

uiTest("a file that is dropped on any view waits to be imported", async () => {
  await using server = await startServer();
  await using tab = await openUi(server);
  const { page } = tab;
  await page.getByRole("heading", { name: "default" }).waitFor();
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "dropped.ndjson"));
    document.body.dispatchEvent(
      new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }),
    );
  }, records(2));
  await page.getByText("dropped.ndjson").waitFor();
  await page.getByRole("button", { name: "Import" }).click();
  await page.getByText("2 events imported").waitFor();
  assertEquals(await exported(server), records(2));
  assertEquals(tab.troubles, []);
});

uiTest("an import whose line is wrong ends early, however much is still to be sent", async () => {
  await using server = await startServer();
  await using tab = await openUi(server, { address: "#/transfer" });
  const { page } = tab;
  const rest = records(100_000);
  // A file of 20 MB a page makes by itself: through the test's connection it would take longer than all else.
  await page.evaluate(({ head, rest }) => {
    const data = new DataTransfer();
    data.items.add(new File([head, rest, rest, rest], "large.ndjson"));
    document.body.dispatchEvent(
      new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }),
    );
  }, { head: "{}\n", rest });
  await page.getByRole("button", { name: "Import" }).click();
  await page.getByText("Line 1 of the file").waitFor();
  await page.getByRole("alert").filter({ hasText: "line 1" }).waitFor();
  assertEquals(await exported(server), "");
  assertEquals(tab.troubles, []);
});

uiTest(
  "the page exports what is selected, byte for byte, and names the command that does the same",
  async () => {
    await using server = await startServer();
    const lines = [
      record(3, "workflow-1", 0),
      record(4, "order,x-1", 7),
      record(9, "workflow-2", 2),
    ];
    const headers = { Authorization: `Bearer ${server.token}` };
    await (await fetch(`${server.url}/import`, { method: "POST", body: lines.join(""), headers }))
      .text();
    await using tab = await openUi(server, { address: "#/transfer" });
    const { page } = tab;
    const exporting = page.getByRole("region", { name: "Export events" });
    const download = async () => {
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        exporting.getByRole("button", { name: "Export" }).click(),
      ]);
      assert(/^default-\d{4}-\d\d-\d\d\.ndjson$/.test(file.suggestedFilename()));
      return await Deno.readTextFile(await file.path());
    };
    assertEquals(await download(), lines.join(""));
    await exporting.getByText("3 events").waitFor();

    await exporting.getByLabel("Categories").fill("order\\,x, nothing");
    await exporting.getByLabel("From position").fill("4");
    await exporting.getByLabel("From position").press("Tab");
    await page.waitForURL(/from=4/);
    assertEquals(await download(), lines[1]);
    await exporting.getByText("The same by the command line").click();
    assertStringIncludes(
      await exporting.locator("code").innerText(),
      "--category order,x --category nothing --from-position 4 --output default-",
    );

    await exporting.getByLabel("From position").fill("10");
    await exporting.getByRole("button", { name: "Export" }).click();
    await exporting.getByRole("alert").filter({ hasText: "No event is selected" }).waitFor();
    await exporting.getByLabel("From position").fill("ten");
    await exporting.getByRole("button", { name: "Export" }).click();
    await exporting.getByRole("alert").filter({ hasText: "From position" }).waitFor();
    await assertAccessible(page);
    await page.setViewportSize({ width: 320, height: 640 });
    await assertAccessible(page);
    assertEquals(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    assertEquals(tab.troubles, []);
  },
);

uiTest("the page verifies the namespace, and a file against it, line by line", async () => {
  await using server = await startServer();
  const headers = { Authorization: `Bearer ${server.token}` };
  await (await fetch(`${server.url}/import`, { method: "POST", body: records(50), headers }))
    .text();
  await using tab = await openUi(server, { address: "#/transfer" });
  const { page } = tab;
  await page.getByRole("button", { name: "Verify the namespace" }).click();
  const verifying = page.getByRole("region", { name: "Verify" });
  await verifying.getByText("Nothing is wrong").waitFor();
  await verifying.getByText("50 events, 1 stream in 1 category, positions 1 to 50").waitFor();

  const importing = page.getByRole("region", { name: "Import a file" });
  const different = records(50).replace(
    '"gpos":3,"data":{"cents":9007199254740993',
    '"gpos":3,"data":{"cents":9007199254740992',
  );
  await choose(page, "july.ndjson.gz", gzipSync(different + record(51)));
  await importing.getByRole("button", { name: "Compare with the namespace" }).click();
  await importing.getByText("4 problems").waitFor();
  const lines = await importing.getByRole("list", { name: "Problems" }).innerText();
  assertStringIncludes(lines, "Line 3:");
  assertStringIncludes(lines, "Line 51:");
  await assertAccessible(page);
  assertEquals(tab.troubles, []);
});
