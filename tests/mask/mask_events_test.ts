/**
 * Histories masked by policies, looked at by means that share no code with the mask: what `JSON.parse` makes of
 * both, and a search through the bytes.
 */

import fc from "fast-check";
import { loadPolicy } from "../../src/mask/policy/load_policy.ts";
import { maskEvents } from "../../src/mask/mask_events.ts";
import { Masker } from "../../src/mask/masker.ts";
import { assert, assertEquals, assertNotEquals } from "../support/assert.ts";
import { pieces, withCuts } from "../support/property.ts";

const key = Uint8Array.from({ length: 32 }, (_, i) => 255 - i);
const encoder = new TextEncoder();

interface Event {
  id: string;
  stream: string;
  type: string;
  pos: number;
  gpos: number;
  data: Record<string, unknown>;
  meta: Record<string, unknown> | null;
  time: string;
}

/** What is personal: long and strange enough to be found in any output. */
const secret = fc.oneof(
  fc.uuid(),
  fc.uuid().map((id) => id.toUpperCase()),
  fc.stringMatching(/^[a-z]{6,12}(\+[a-z]{3})?@[a-z]{8}\.example$/),
  fc.stringMatching(/^[1-9]\d{11}$/),
  fc.stringMatching(/^Secret [A-Z][a-zé]{9}$/),
);

/** A few people, who are met again and again. */
const people = fc.uniqueArray(secret, { minLength: 2, maxLength: 6 });

function history(people: string[]): fc.Arbitrary<Event[]> {
  const person = fc.constantFrom(...people);
  const stream = fc.oneof(
    person.map((id) => `customer-${id}`),
    fc.tuple(person, person).map(([a, b]) => `${a}+${b}`)
      // A + in an address is part of it.
      .map((id) => id.includes("@") ? "pair" : `pair-${id}`),
    fc.integer({ min: 1, max: 3 }).map((id) => `order-${id}`),
    fc.constant("audit"),
  );
  const value = fc.oneof(person, fc.constantFrom(null, "", 1.5, true), fc.integer());
  const event = fc.record({
    stream,
    type: fc.constantFrom("Registered", "Changed", "Left"),
    data: fc.record({
      customer: person,
      kept: fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
      gone: value,
      list: fc.array(fc.record({ who: person, count: fc.integer() })),
      note: fc.tuple(fc.string(), person).map(([text, who]) => `${text} ${who}`),
      nested: fc.array(fc.array(person)),
      map: fc.dictionary(person, fc.integer()),
    }, { requiredKeys: [] }),
    meta: fc.option(fc.record({
      correlationStreamName: stream,
      causationMessageStreamName: stream,
      userId: person,
    }, { requiredKeys: [] })),
  });
  return fc.array(event, { maxLength: 12 }).map((events) => {
    const positions = new Map<string, number>();
    return events.map((event, i) => {
      const pos = positions.get(event.stream) ?? 0;
      positions.set(event.stream, pos + 1);
      return {
        id: `message ${i}`,
        stream: event.stream,
        type: event.type,
        pos,
        gpos: i + 1,
        data: event.data,
        meta: event.meta,
        time: "2026-11-30T12:00:00Z",
      };
    });
  });
}

const policyText = `
version: 1
streams:
  customer: id(customer)
  pair: id(customer)
  order: keep
  audit: keep
events:
  - data:
      $.customer: id(customer)
      $.kept: keep
      $.gone: drop
      $.list[*].who: id(customer)
      $.list[*].count: keep
      $.note: scramble
      $.nested: id(customer)
      $.map: keys(id(customer))
      $.map.*: keep
    metadata:
      $.userId: id(customer)
`;

const line = (event: Event) => `${JSON.stringify(event)}\n`;

async function masked(lines: string, policy = policyText): Promise<string> {
  return await new Response(maskEvents(new Blob([lines]).stream(), policy, key)).text();
}

Deno.test("maskEvents() keeps the graph of streams and links, and all that is not masked", async () => {
  const histories = people.chain((people) => fc.tuple(fc.constant(people), history(people)));
  await fc.assert(
    fc.asyncProperty(histories, async ([people, events]) => {
      const text = await masked(events.map(line).join(""));
      const after = text.split("\n").filter((line) => line !== "").map((line) =>
        JSON.parse(line) as Event
      );
      assertEquals(after.length, events.length);

      // One to one: what is the same before is the same afterwards, and only that.
      const there = new Map<unknown, unknown>();
      const back = new Map<unknown, unknown>();
      const same = (before: unknown, after: unknown) => {
        if (there.has(before)) assertEquals(after, there.get(before));
        if (back.has(after)) assertEquals(before, back.get(after));
        there.set(before, after);
        back.set(after, before);
        if (before !== null && before !== "") assertNotEquals(before, after);
      };
      const sameStream = (before: string | undefined, after: string | undefined) => {
        if (before === undefined) return assertEquals(after, undefined);
        const [category, id] = split(before);
        assertEquals(split(after!)[0], category);
        if (category === "order" || category === "audit") return assertEquals(after, before);
        if (id === "") return;
        const [parts, masked] = category === "pair"
          ? [id.split("+"), split(after!)[1].split("+")]
          : [[id], [split(after!)[1]]];
        assertEquals(masked.length, parts.length);
        parts.forEach((part, i) => same(part, masked[i]));
      };
      events.forEach((event, i) => {
        const [{ data, meta }, to] = [event, after[i]!];
        for (const field of ["id", "type", "pos", "gpos", "time"] as const) {
          assertEquals(to[field], event[field]);
        }
        assertEquals(Object.keys(to.data), Object.keys(data).filter((name) => name !== "gone"));
        assertEquals(Object.keys(to.meta ?? {}), Object.keys(meta ?? {}));
        sameStream(event.stream, to.stream);
        sameStream(meta?.correlationStreamName as string, to.meta?.correlationStreamName as string);
        sameStream(
          meta?.causationMessageStreamName as string,
          to.meta?.causationMessageStreamName as string,
        );
        if (meta?.userId !== undefined) same(meta.userId, to.meta!.userId);
        if (data.customer !== undefined) same(data.customer, to.data.customer);
        assertEquals(to.data.kept, data.kept);
        const list = (data.list ?? []) as { who: string; count: number }[];
        const toList = (to.data.list ?? []) as { who: string; count: number }[];
        assertEquals(toList.map(({ count }) => count), list.map(({ count }) => count));
        list.forEach(({ who }, i) => same(who, toList[i]!.who));
        const [nested, toNested] = [data.nested ?? [], to.data.nested ?? []] as string[][][];
        assertEquals(toNested!.map((row) => row.length), nested!.map((row) => row.length));
        nested!.flat().forEach((who, i) => same(who, toNested!.flat()[i]));
        const [map, toMap] = [data.map ?? {}, to.data.map ?? {}] as Record<string, number>[];
        assertEquals(Object.values(toMap!).sort(), Object.values(map!).sort());
        assertEquals(Object.keys(toMap!).length, Object.keys(map!).length);
        if (typeof data.note === "string") {
          assertEquals((to.data.note as string).length, data.note.length);
        }
      });

      // No plaintext anywhere, in any case, and in no spelling of JSON. What is kept may hold anything.
      const folded = after.map(({ data, ...rest }) =>
        JSON.stringify({ ...rest, data: { ...data, kept: 0 } })
      )
        .join("\n").toLowerCase();
      for (const who of people) assert(!folded.includes(who.toLowerCase()), who);
    }),
    { numRuns: 40, endOnFailure: true },
  );
});

Deno.test("maskEvents() makes the same bytes of the same lines, however they are cut", async () => {
  const lines = people.chain((people) => history(people))
    .map((events) => encoder.encode(events.map(line).join("")));
  await fc.assert(
    fc.asyncProperty(withCuts(lines), async (cut) => {
      const whole = await masked(new TextDecoder().decode(cut[0]));
      const stream = ReadableStream.from(pieces(cut));
      assertEquals(await new Response(maskEvents(stream, policyText, key)).text(), whole);
    }),
    { numRuns: 20, endOnFailure: true },
  );
});

Deno.test("Masker changes nothing but its spans", async () => {
  const policy = await loadPolicy(policyText.replace("drop", "set-null"), "policy.yaml");
  const lines = people.chain((people) => history(people)).map((events) =>
    events.map(line).join("")
  );
  fc.assert(
    fc.property(lines, (lines) => {
      const { bytes, spans } = new Masker(policy, key).mask(encoder.encode(lines));
      // What lies between the spans stands in the input, in this order.
      let at = 0;
      for (let i = 0; i <= spans.length; i += 2) {
        const [start, end] = [spans[i - 1] ?? 0, spans[i] ?? bytes.length];
        const kept = new TextDecoder().decode(bytes.subarray(start, end));
        at = lines.indexOf(kept, at);
        assert(at >= 0, kept);
        at += kept.length;
      }
    }),
    { numRuns: 20, endOnFailure: true },
  );
});

function split(stream: string): [category: string, id: string] {
  const dash = stream.indexOf("-");
  return dash < 0 ? [stream, ""] : [stream.slice(0, dash), stream.slice(dash + 1)];
}
