import { requestFor } from "../../src/client/export_arriving.ts";
import { sliceOfBody, sliceOfQuery } from "../../src/http/export_query.ts";
import type { Slice } from "../../src/slice/slice.ts";
import { type FieldKind, sliceParameters } from "../../src/slice/slice_parameters.ts";
import { assertEquals } from "../support/assert.ts";

/** A value of each kind, beside which a default would show. */
const values: Record<FieldKind, unknown> = {
  categories: ["order", "a, b"],
  patterns: ["order-*", "a,b-1"],
  links: ["data.a=b-{}", "data.c=d-{}"],
  time: "2025-07-01T10:00:00Z",
  position: 89,
  integer: 3,
  number: 0.05,
  flag: true,
  direction: "effects",
};

/** The same with lists that are too long for a URL. */
function long(value: unknown): unknown {
  return Array.isArray(value) ? Array.from({ length: 500 }, (_, i) => `${value[0]}${i}`) : value;
}

for (const [field, { kind, use }] of sliceParameters) {
  Deno.test(`a server reads "${field}" of a slice as a client sends it, in a query and in a body`, () => {
    const value = field === "until" ? "2025-07-02T00:00:00Z" : values[kind];
    const roots = use === "links" ? { relatedTo: ["order-1"] } : {};
    const slice: Slice = { from: 1, ...roots, [field]: value };
    const wanted = (slice: Slice) => JSON.stringify(Object.entries({ ...slice }).sort());
    const given = (slice: Slice) => wanted(JSON.parse(JSON.stringify(slice)));
    const { path } = requestFor("/export", slice);
    const { searchParams } = new URL(path, "http://server");
    assertEquals(given(sliceOfQuery(searchParams)), wanted(slice));
    const large: Slice = { ...slice, streams: [..."x".repeat(3000)], [field]: long(value) };
    const { body } = requestFor("/export", large);
    assertEquals(given(sliceOfBody(new URLSearchParams(), body as string)), wanted(large));
  });
}
