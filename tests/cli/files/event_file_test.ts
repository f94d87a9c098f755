import { EventFile } from "../../../src/cli/files/event_file.ts";
import { assertEquals } from "../../support/assert.ts";
import { lineOf } from "../../support/history.ts";

Deno.test("EventFile.lines() reads a file twice at the same time", async () => {
  const path = await Deno.makeTempFile({ prefix: "eventodb-test-" });
  try {
    const text = Array.from({ length: 2000 }, (_, i) => lineOf(i + 1)).join("");
    await Deno.writeTextFile(path, text);
    await using file = await EventFile.open(path, { action: "Cannot verify" });
    const [one, other] = [await file.lines(), await file.lines()];
    const texts = await Promise.all([one, other].map((body) => new Response(body).text()));
    assertEquals(texts.map((read) => read === text), [true, true]);
  } finally {
    await Deno.remove(path);
  }
});
