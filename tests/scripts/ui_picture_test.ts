import { assert, assertEquals } from "../support/assert.ts";
import { uiTest } from "../support/ui.ts";

const checkout = new URL("../../", import.meta.url).pathname;

/** The width and height that a PNG says it has. */
function sizeOf(png: Uint8Array): [number, number] {
  const view = new DataView(png.buffer);
  assertEquals(new TextDecoder("latin1").decode(png.subarray(1, 4)), "PNG");
  return [view.getUint32(16), view.getUint32(20)];
}

uiTest(
  "ui_picture.ts takes the picture that README.md shows, small enough to be kept",
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "eventodb-test-" });
    try {
      const path = `${folder}/page.png`;
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--allow-all", `${checkout}scripts/ui_picture.ts`, path],
      }).output();
      assert(success, new TextDecoder().decode(stderr));
      const [taken, kept] = [
        await Deno.readFile(path),
        await Deno.readFile(`${checkout}docs/page.png`),
      ];
      assertEquals(sizeOf(kept), sizeOf(taken));
      assert(taken.length < 200_000 && kept.length < 200_000, `${taken.length}, ${kept.length}`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
