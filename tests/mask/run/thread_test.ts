import { EventoDBError } from "../../../src/errors.ts";
import { Thread } from "../../../src/mask/run/thread.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";

const modulePath = new URL("../../../src/mask/run/thread.ts", import.meta.url).href;

/** A thread whose module has this text. */
function threadOf(text: string, onNews?: (news: number) => void): Thread<string, string, number> {
  const source = `import { serveThread } from ${JSON.stringify(modulePath)};\n${text}`;
  const url = `data:application/javascript,${encodeURIComponent(source)}`;
  return new Thread(new Worker(url, { type: "module" }), onNews);
}

Deno.test("Thread brings each reply to its request, and news besides", async () => {
  const news: number[] = [];
  using thread = threadOf(
    `const tell = serveThread(async (ms) => {
      tell(Number(ms));
      await new Promise((resolve) => setTimeout(resolve, Number(ms)));
      return { reply: ms };
    });`,
    (each) => news.push(each),
  );
  assertEquals(await Promise.all(["30", "1"].map((ms) => thread.ask(ms))), ["30", "1"]);
  assertEquals([news, thread.waiting], [[30, 1], 0]);
});

Deno.test("Thread hands on what kind an error is of", async () => {
  using thread = threadOf(`serveThread(() => {
    throw new Deno.errors.NotFound("No space left on device (os error 28)");
  });`);
  const error = await assertRejects(() => thread.ask(""), Deno.errors.NotFound);
  assertEquals(error.message, "No space left on device (os error 28)");
});

for (
  const [what, crash] of [
    ["throws", 'setTimeout(() => { throw new Error("alice@example.com"); });'],
    ["rejects", 'Promise.reject(new Error("alice@example.com"));'],
  ] as const
) {
  Deno.test(`Thread fails once its worker ${what} where nobody catches it, and says nothing of why`, async () => {
    using thread = threadOf(`serveThread(() => { ${crash} return new Promise(() => {}); });`);
    for (let i = 0; i < 2; i++) {
      const error = await assertRejects(() => thread.ask(""), EventoDBError);
      assertEquals(error.code, "MASK_FAILED");
      assert(error.message.includes("a thread of this command has failed"), error.message);
      assert(!error.message.includes("alice"));
    }
  });
}

Deno.test("Thread fails what waits when it is ended", async () => {
  const thread = threadOf("serveThread(() => new Promise(() => {}));");
  const waiting = thread.ask("");
  thread[Symbol.dispose]();
  await assertRejects(() => waiting, EventoDBError, "given up");
});
