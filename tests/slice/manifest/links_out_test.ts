import { Buffer } from "node:buffer";
import fc from "fast-check";
import { LINE_END } from "../../../src/record/line_end.ts";
import { keyOfName, nameOfKey } from "../../../src/record/line_head.ts";
import { declaredLinks } from "../../../src/slice/links/link_path.ts";
import { parseLinkPath } from "../../../src/slice/links/parse_link_path.ts";
import { linkFields, linksOf } from "../../../src/slice/links/links.ts";
import { linksOfLines } from "../../../src/slice/links/line_links.ts";
import { LinksOut } from "../../../src/slice/manifest/links_out.ts";
import { categoryOf } from "../../../src/stream_name.ts";
import { assertEquals } from "../../support/assert.ts";
import "../../support/property.ts";

const encoder = new TextEncoder();

const name = fc.constantFrom("order-1", "order-2", "ü-2", "a+b-1", 'a"b', "a\\", "", "plain", "{");
const key = fc.oneof(
  fc.constantFrom<string>(...linkFields, "meta", "time", "data", "StreamName", "x"),
  fc.string(),
);
/** Fields by turns as a program writes them and with escapes, once more within each other. */
const payload: fc.Arbitrary<string> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    name.map((text) => JSON.stringify(text)),
    fc.jsonValue().map((value) => JSON.stringify(value)),
    tie("object"),
  ),
  object: fc.array(fc.tuple(key, fc.boolean(), tie("value"))).map((members) =>
    `{${
      members.map(([key, isEscaped, value]) =>
        `${isEscaped ? escaped(key) : JSON.stringify(key)}:${value}`
      ).join(",")
    }}`
  ),
})).object as fc.Arbitrary<string>;

function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("")}"`;
}

interface Line {
  stream: string;
  data: string;
  meta: string | null;
}

const line = fc.record({ stream: name, data: payload, meta: fc.option(payload) });

/** As an export writes it, or with the fields in another order and with white space. */
function textOf({ stream, data, meta }: Line, isUsual: boolean): string {
  const begin = `{"id":"1","stream":${JSON.stringify(stream)},"type":"T","pos":0,"gpos":1`;
  return isUsual
    ? `${begin},"data":${data},"meta":${meta},"time":"2025-07-01T00:00:00Z"}\n`
    : `${begin}, "meta": ${meta},"data":${data},"time":"2025-07-01T00:00:00Z"}\n`;
}

function linksOfMetadata(meta: string | null): string[] {
  const bytes = Buffer.from(meta ?? "null");
  return linksOf(bytes, 0, bytes.length).filter((link) => link !== "");
}

Deno.test("linksOfLines() finds the links that linksOf() finds in the metadata", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(line, fc.boolean())), (lines) => {
      const found: string[][] = [];
      const text = lines.map(([line, isUsual]) => textOf(line, isUsual)).join("");
      linksOfLines(
        encoder.encode(text),
        (links) => found.push(links.filter((link) => link !== "")),
      );
      const expected = lines.map(([{ meta }]) => linksOfMetadata(meta));
      const isSome = (links: string[]) => links.length > 0;
      assertEquals(found.filter(isSome), expected.filter(isSome));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("linksOfLines() passes over what is not a record", () => {
  const found: unknown[] = [];
  const text = 'correlationStreamName"\n{"meta":{"replyStreamName":"a-1"\n\n';
  linksOfLines(encoder.encode(text), (links) => found.push(...links));
  assertEquals(found, []);
});

Deno.test("LinksOut counts the links to streams that are not there, whatever fits in memory", () => {
  const path = parseLinkPath("data.x=order-{}");
  const lines = fc.array(line, { maxLength: 12 });
  fc.assert(
    fc.property(lines, fc.boolean(), fc.integer({ min: 1, max: 4 }), (lines, isDeclared, max) => {
      const bytes = encoder.encode(lines.map((line) => textOf(line, true)).join(""));
      using links = new LinksOut(isDeclared ? [path] : [], max);
      const middle = bytes.lastIndexOf(LINE_END, bytes.length >> 1) + 1;
      links.addLines(bytes.subarray(0, middle));
      links.addLines(bytes.subarray(middle));

      const streams = new Set(lines.map(({ stream }) => keyOfName(stream)));
      const expected = new Map<string, number>();
      for (const { data, meta } of lines) {
        const declared = isDeclared ? declaredLinks(path, data).streams.map(keyOfName) : [];
        for (const link of new Set([...linksOfMetadata(meta), ...declared])) {
          if (streams.has(link)) continue;
          expected.set(categoryOf(link), (expected.get(categoryOf(link)) ?? 0) + 1);
        }
      }
      const count = links.count();
      for (const stream of [...streams].sort()) count.pass(nameOfKey(stream));
      assertEquals(count.end(), expected);
    }),
    { numRuns: 500 },
  );
});
