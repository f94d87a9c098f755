import { parseUuid, uuidV7 } from "../src/uuid.ts";
import { assertEquals } from "./support/assert.ts";

Deno.test("parseUuid() takes any version, variant and spelling, and gives lower case with hyphens", () => {
  for (
    const uuid of [
      "550e8400-e29b-41d4-a716-446655440000",
      "00000000-0000-0000-0000-000000000000",
      "ffffffff-ffff-ffff-ffff-ffffffffffff",
      "12345678-9abc-0def-0123-456789abcdef",
    ]
  ) {
    assertEquals(parseUuid(uuid), uuid);
    for (const spelled of [uuid, uuid.replaceAll("-", ""), `{${uuid}}`, `urn:uuid:${uuid}`]) {
      assertEquals(parseUuid(spelled), uuid);
      assertEquals(parseUuid(spelled.toUpperCase()), uuid);
    }
  }
});

Deno.test("parseUuid() refuses every other form", () => {
  for (
    const text of [
      "",
      "{550e8400e29b41d4a716446655440000}",
      "{550e8400-e29b-41d4-a716-446655440000",
      "550e8400-e29b-41d4-a716-446655440000}",
      "urn:uuid:550e8400e29b41d4a716446655440000",
      "550e8400-e29b41d4-a716-446655440000",
      "order-42",
      "550e8400-e29b-41d4-a716-44665544000",
      "550e8400-e29b-41d4-a716-4466554400000",
      "550e8400-e29b-41d4-a716-44665544000g",
      "550e8400-e29b-41d4a-716-446655440000",
      " 550e8400-e29b-41d4-a716-446655440000",
      "550e8400-e29b-41d4-a716-446655440000\n",
      "５50e8400-e29b-41d4-a716-446655440000",
    ]
  ) assertEquals(parseUuid(text), null, text);
});

Deno.test("uuidV7() makes version 7 UUIDs of the present that differ", () => {
  const before = Date.now();
  const uuids = Array.from({ length: 1000 }, () => uuidV7());
  const after = Date.now();
  assertEquals(new Set(uuids).size, uuids.length);
  for (const uuid of uuids) {
    assertEquals(parseUuid(uuid), uuid);
    assertEquals([uuid[14], "89ab".includes(uuid[19]!)], ["7", true]);
    const ms = parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
    assertEquals(before <= ms && ms <= after, true);
  }
});
