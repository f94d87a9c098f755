import { formatRecord } from "../../../src/record/format.ts";
import { LineHead } from "../../../src/record/line_head.ts";
import {
  countStream,
  formatManifest,
  isWhole,
  makeManifest,
  type Manifest,
  parseManifest,
} from "../../../src/slice/manifest/manifest.ts";
import { Tally } from "../../../src/slice/manifest/tally.ts";
import { verify } from "../../../src/slice/verify/verify.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../../support/assert.ts";
import { sampleMessages } from "../../support/events.ts";

const lines = [...sampleMessages({ count: 40 })].map((message) => `${formatRecord(message)}\n`);
const bytes = new TextEncoder().encode(lines.join(""));

function manifestOf(events: Uint8Array): Manifest {
  using tally = new Tally();
  tally.addBytes(events);
  const head = new LineHead();
  for (let at = 0; at < events.length; at = head.end) {
    head.read(events, at);
    tally.addEvent(head);
  }
  const counts = new Map<string, number>();
  const streams = [...tally.streams()].map((stream) => {
    countStream(counts, stream.stream);
    return { ...stream, whole: isWhole(stream, true) };
  });
  const origin = { source: {}, selection: { all: true }, upTo: 99, endsWithStreams: true };
  return makeManifest(tally, origin, streams, { streamsOf: counts, linksOut: new Map([["x", 1]]) });
}

const manifest = manifestOf(bytes);

async function problemsOf(file: Uint8Array<ArrayBuffer>): Promise<Record<string, number>> {
  const open = () => Promise.resolve(new Blob([file]).stream());
  return { ...(await verify({ open, manifest })).counts };
}

Deno.test("a manifest is read back as it was written, and matches its file", async () => {
  assertEquals(parseManifest(formatManifest(manifest), "m.json"), manifest);
  assertEquals(await problemsOf(bytes), {});
});

Deno.test("parseManifest() notices every byte that is changed, cut or added", () => {
  const text = formatManifest(manifest);
  const same = JSON.stringify(manifest);
  for (let at = 0; at < text.length; at++) {
    for (
      const changed of [
        text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1),
        text.slice(0, at) + text.slice(at + 1),
        text.slice(0, at) + "7" + text.slice(at),
        text.slice(0, at),
      ]
    ) {
      try {
        // White space between the fields says nothing, and may be changed.
        assertEquals(JSON.stringify(parseManifest(changed, "m.json")), same);
      } catch (error) {
        assertStringIncludes((error as Error).message, "Cannot use m.json");
      }
    }
  }
});

Deno.test("verify() notices every byte of the file that is flipped, cut or added", async () => {
  for (let at = 0; at < bytes.length; at += 97) {
    const flipped = bytes.slice();
    flipped[at]! ^= 1;
    const added = new Uint8Array(bytes.length + 1);
    added.set(bytes.subarray(0, at));
    added[at] = 0x20;
    added.set(bytes.subarray(at), at + 1);
    for (const changed of [flipped, bytes.slice(0, at), added]) {
      assert((await problemsOf(changed)).manifest! > 0, `at ${at}`);
    }
  }
});

Deno.test("parseManifest() says what is wrong with what is not a manifest", () => {
  const edited = { ...manifest, events: 1 };
  const newer = { ...manifest, format: 2 };
  const cases: [unknown, string][] = [
    [[], 'it has no "format"'],
    [{ a: 1 }, 'it has no "format"'],
    [edited, "its checksum does not match"],
    [newer, "it is of format 2, and this version reads up to 1: update eventodb"],
  ];
  for (const [value, problem] of cases) {
    const error = assertThrows(() => parseManifest(JSON.stringify(value), "m.json"), Error);
    assertStringIncludes(error.message, problem);
  }
});

Deno.test("verify() says how a file differs from its manifest", async () => {
  const other = manifestOf(new TextEncoder().encode(lines.slice(1).join("")));
  const open = () => Promise.resolve(new Blob([bytes]).stream());
  const { problems } = await verify({ open, manifest: other });
  assertStringIncludes(problems[0]!.message, "the manifest says events: 39, the file has 40");
  assert(problems.every(({ kind }) => kind === "manifest"));
});
