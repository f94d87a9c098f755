import { EventoDBError } from "../../../src/errors.ts";
import { declaredLinks } from "../../../src/slice/links/link_path.ts";
import { parseLinkPath } from "../../../src/slice/links/parse_link_path.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";

function linksIn(link: string, payload: string | null) {
  return declaredLinks(parseLinkPath(link), payload);
}

Deno.test("declaredLinks() takes strings and integers as they are written", () => {
  const link = "data.orderId=order-{}";
  assertEquals(linksIn(link, '{"orderId":"7+retry"}').streams, ["order-7+retry"]);
  assertEquals(linksIn(link, '{"orderId":9007199254740993}').streams, ["order-9007199254740993"]);
  assertEquals(linksIn(link, '{"orderId":"\\u00e9$&"}').streams, ["order-é$&"]);
  assertEquals(linksIn("data['a=b'][\"c=\"]={}", '{"a=b":{"c=":"x-1"}}').streams, ["x-1"]);
  assertEquals(linksIn("metadata['$id']=a={}", '{"$id":"b"}').streams, ["a=b"]);
});

Deno.test("declaredLinks() takes each element of an array, and nothing of null and of what is absent", () => {
  const link = "data.items[*].sku=product-{}";
  const data = '{"items":[{"sku":["a",1,null]},{"sku":null},{},{"sku":"b"}]}';
  assertEquals(linksIn(link, data), { streams: ["product-a", "product-1", "product-b"], odd: 0 });
  assertEquals(linksIn(link, null), { streams: [], odd: 0 });
});

Deno.test("declaredLinks() counts the values that can name no stream", () => {
  const link = "data.id=order-{}";
  const odd = [
    "1.5",
    "1e3",
    "true",
    "{}",
    "[[1]]",
    '""',
    '"\\u0000"',
    '"\\ud800"',
    `"${"x".repeat(2000)}"`,
  ];
  for (const value of odd) {
    assertEquals(linksIn(link, `{"id":${value}}`), { streams: [], odd: 1 }, value);
  }
});

for (
  const [link, problem] of [
    ["data.orderId", "it has no ="],
    ["data['a=b']", "it has no ="],
    ["orderId=order-{}", "must begin with data or metadata"],
    ["data=order-{}", "must begin with data or metadata and a field"],
    ["database.id=order-{}", "must begin with data or metadata"],
    ["data.orderId=order", "must have {} once"],
    ["data.orderId=order-{}+{}", "must have {} once"],
    ["data..orderId=order-{}", "has .., which"],
    ["data[?@.x]=order-{}", "has a filter"],
    ["metadata.$correlationId={}", "is written ['$correlationId']"],
    ["data.order-id=order-{}", "is written ['order-id']"],
    ["data.a[=order-{}", "ends too early"],
    [`data.a=${"x".repeat(2000)}{}`, "at most 1,024 are allowed"],
  ] as const
) {
  Deno.test(`parseLinkPath() refuses ${link.slice(0, 40)}`, () => {
    assertThrows(() => parseLinkPath(link), EventoDBError, problem);
  });
}
