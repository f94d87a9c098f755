import fc from "fast-check";
import { emptyFilter } from "../../../src/mask/residual/filter_parts.ts";
import { type Residual, ResidualJoin } from "../../../src/mask/residual/residual_join.ts";
import { ResidualScan } from "../../../src/mask/residual/residual_scan.ts";
import { randomSeeds } from "../../../src/mask/residual/text_hash.ts";
import { assertEquals } from "../../support/assert.ts";
import "../../support/property.ts";
import { type MarkedEvent, markedLine } from "./lines.ts";

const seeds = randomSeeds();

/** Looks for texts in events. */
function scan(
  masked: readonly string[],
  events: readonly MarkedEvent[],
  inMemoryMax?: number,
): Residual[] {
  using scan = new ResidualScan(seeds, inMemoryMax, inMemoryMax);
  const source = scan.source("Registered data.secret");
  for (const text of masked) scan.masked(text, source);
  return residualsOf([scan], [events]);
}

/** Looks through the events of each scan for the texts of all, and puts together what they find. */
function residualsOf(
  scans: readonly ResidualScan[],
  eventsOfScans: readonly (readonly MarkedEvent[])[],
): Residual[] {
  const filter = emptyFilter(scans.reduce((sum, { size }) => sum + size, 0), seeds);
  for (const scan of scans) scan.addTo(filter);
  using join = new ResidualJoin();
  for (const [i, scan] of scans.entries()) {
    for (const event of eventsOfScans[i]!) {
      const { bytes, spans } = markedLine(event);
      scan.scan(filter, bytes, spans);
    }
    const take = join.hitsOfScan();
    for (let hits = scan.nextHits(30); hits.length > 0; hits = scan.nextHits(30)) {
      take(hits, scan.places);
    }
  }
  for (let hashes = join.nextHashes(); hashes.length > 0; hashes = join.nextHashes()) {
    join.join(scans.map((scan) => ({
      records: scan.textsWithHashes(hashes),
      sources: scan.sources,
    })));
  }
  return join.residuals();
}

const email = "alice.Smith@example.com";

const forms: Record<string, [masked: string, event: MarkedEvent, foundIn: string]> = {
  "as it is": [email, { data: `{"text":"${email}"}` }, "NoteAdded data.text"],
  "in a text": [email, { data: `{"text":"ask ${email}, please"}` }, "NoteAdded data.text"],
  "in another case": [email, { data: '{"text":"ALICE.SMITH@Example.com"}' }, "NoteAdded data.text"],
  "in another case beyond ASCII": ["Jörg Weißmüller", {
    data: '{"text":"JÖRG WEISSMÜLLER"}',
  }, "NoteAdded data.text"],
  "with a Turkish İ as i": ["İpek Yıldız", {
    data: '{"text":"IPEK YILDIZ"}',
  }, "NoteAdded data.text"],
  "with a Turkish İ in lower case": ["İpek Yıldız", {
    data: '{"text":"i\u0307pek yıldız"}',
  }, "NoteAdded data.text"],
  "with a Turkish İ where it was i": ["ipek yildiz", {
    data: '{"text":"İPEK YILDIZ"}',
  }, "NoteAdded data.text"],
  "with a capital ẞ": ["Weißmüller", { data: '{"text":"WEIẞMÜLLER"}' }, "NoteAdded data.text"],
  "with escapes": [email, {
    data: '{"text":"\\u0061lice.\\u0053mith@example.com"}',
  }, "NoteAdded data.text"],
  "with escapes in JSON in JSON in JSON": [email, {
    data: JSON.stringify({
      body: JSON.stringify({
        event: JSON.stringify({ to: email }).replace("@", "\\u0040"),
      }),
    }),
  }, "NoteAdded data.body"],
  "as JSON in a string": ['a"quoted" name', {
    data: JSON.stringify({ raw: JSON.stringify({ name: 'a"quoted" name' }) }),
  }, "NoteAdded data.raw"],
  "in an address": [email, {
    data: '{"link":"https://x.test/?to=alice.smith%40example.com"}',
  }, "NoteAdded data.link"],
  "as a part of a longer word": ["49301234567", {
    data: '{"text":"tel0049301234567x"}',
  }, "NoteAdded data.text"],
  "as a number": ["49301234567", { data: '{"n":[1,49301234567]}' }, "NoteAdded data.n[*]"],
  "in metadata": [email, { metadata: `{"who":{"by":"${email}"}}` }, "NoteAdded metadata.who.by"],
  "in a stream name": [email, { stream: `note-${email}` }, "stream names of note"],
  "in a stream name beyond ASCII": ["Größenwahn", {
    stream: "note-größenwahn",
  }, "stream names of note"],
  "below a key that may be a value": [email, {
    data: `{"bob@x.test":{"cc":"${email}"}}`,
  }, "NoteAdded data.*.cc"],
  "in its first 64 characters": ["x".repeat(30) + " " + "y".repeat(60), {
    data: `{"text":"… ${"x".repeat(30)} ${"y".repeat(40)}"}`,
  }, "NoteAdded data.text"],
};

for (const [form, [masked, event, foundIn]] of Object.entries(forms)) {
  Deno.test(`ResidualScan finds a masked text ${form}`, () => {
    assertEquals(scan([masked], [{}, { ...event, position: 7 }]), [{
      maskedIn: "Registered data.secret",
      foundIn,
      values: 1,
      isLong: true,
      position: 7,
    }]);
  });
}

Deno.test("ResidualScan does not look at types, keys, ids and what the masker made", () => {
  const event = {
    stream: `note-«${email}»`,
    type: email,
    data: `{"${email}":1,"a":"«${email}»","b":"x-«${email}»+1","c":["«${email}»"]}`,
    metadata: `{"ü":"«${email}»"}`,
  };
  assertEquals(scan([email], [event]), []);
  // The same in a line of ASCII alone, which is looked through in another way.
  assertEquals(scan([email], [{ ...event, metadata: "null" }]), []);
});

Deno.test("ResidualScan finds nothing across values", () => {
  assertEquals(scan(['one","two'], [{ data: '["one","two"]' }]), []);
  assertEquals(scan(["12345678"], [{ data: '{"a":1234,"b":5678}' }]), []);
});

Deno.test("ResidualScan finds short texts that includes() finds as words, wherever they stand", () => {
  const word = (minLength: number, maxLength: number) =>
    fc.array(fc.constantFrom(..."aB1-. ü"), { minLength, maxLength }).map((all) => all.join(""));
  const isWord = (code: string | undefined) => code !== undefined && /[a-z0-9ü]/.test(code);
  fc.assert(
    fc.property(
      fc.uniqueArray(word(2, 7).filter((text) => text === text.trim() && /[aBü]/.test(text)), {
        selector: (text) => text.toLowerCase(),
        minLength: 1,
        maxLength: 12,
      }),
      fc.array(word(0, 40), { maxLength: 12 }),
      (masked, texts) => {
        const stands = (text: string) =>
          texts.map((other) => other.toLowerCase()).some((other) => {
            for (let at = other.indexOf(text); at >= 0; at = other.indexOf(text, at + 1)) {
              const end = at + text.length;
              const begins = !isWord(other[at - 1]) || !isWord(other[at]);
              if (begins && (!isWord(other[end - 1]) || !isWord(other[end]))) return true;
            }
            return false;
          });
        const expected = masked.filter((text) => stands(text.toLowerCase())).length;
        const found = scan(masked, texts.map((text) => ({ data: `{"text":"${text}"}` })), 8);
        assertEquals(found.reduce((sum, { values }) => sum + values, 0), expected);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("ResidualScan takes no quote of JSON for one of a text", () => {
  assertEquals(scan([`${email}"`], [{ data: `{"text":"${email}"}` }]), []);
  assertEquals(scan([`"${email}`], [{ data: `{"text":"${email}"}` }]), []);
  assertEquals(scan([`${email}"`], [{ data: `{"text":"${email}\\""}` }]).length, 1);
});

Deno.test("ResidualScan finds what stands before, within and after what is not plain", () => {
  const text = "Alice Smith";
  for (const other of ["ü", "\\n", "%41", "\\u0041", "東京", "\ud83d\ude00"]) {
    for (let shift = 0; shift < 4; shift++) {
      const filler = "x ".repeat(shift);
      for (
        const data of [
          `{"a":"${filler}${text}","b":"${other}"}`,
          `{"a":"${filler}${text} ${other}"}`,
          `{"a":"${other} ${filler}${text}"}`,
          `{"b":"${other}","a":"${filler}${text}"}`,
          `{"${other}":1,"a":"${filler}${text}","b":["${other}"]}`,
        ]
      ) {
        const [found] = scan([text, "Bob"], [{ data }]);
        assertEquals(found?.foundIn, "NoteAdded data.a", data);
        const [short] = scan([text, "Bob"], [{ data: data.replace(text, "bob") }]);
        assertEquals([short?.foundIn, short?.isLong], ["NoteAdded data.a", false], data);
      }
    }
  }
  // What is not plain may belong to the character before it.
  assertEquals(scan(["Zoe Zande"], [{ data: '{"a":"Zoe Zande\u0301"}' }]), []);
  assertEquals(scan(["abcdefgh%4"], [{ data: '{"a":"abcdefgh%41"}' }]).length, 1);
});

Deno.test("ResidualScan names keys beyond ASCII, and those that the mask has written", () => {
  for (const key of ["Größe", "«Größe»"]) {
    const [found] = scan([email], [{ data: `{"${key}":{"a":"${email}"}}` }]);
    assertEquals(found?.foundIn, "NoteAdded data.Größe.a");
  }
});

Deno.test("ResidualScan warns of a short text where it stands as a whole word", () => {
  const [found] = scan(["Bob"], [{ data: '{"text":"bob, call me"}' }]);
  assertEquals([found?.isLong, found?.values], [false, 1]);
  assertEquals(scan(["Bob"], [{ data: '{"text":"bobsled, thingbob"}' }]), []);
  assertEquals(scan(["Bob"], [{ data: '{"text":"größer: bob, größer"}' }]).length, 1);
  // One letter, and a small number, are everywhere.
  assertEquals(scan(["a", "12", "123"], [{ data: '{"text":"a 12 123"}' }]), []);
  assertEquals(scan(["1234"], [{ data: '{"text":"no 1234"}' }]).length, 1);
  // A short number among numbers says nothing, whatever stands around it.
  assertEquals(scan(["1234"], [{ data: '{"n":1234,"m":[1234]}', metadata: '{"ü":1234}' }]), []);
  assertEquals(scan(["1234"], [{ data: '{"n": 1234 ,"m":[ 1234 ]}' }]), []);
});

Deno.test("ResidualScan counts different values, and names the first event", () => {
  const people = Array.from({ length: 300 }, (_, i) => `person-${i}@example.com`);
  const events = [...people, ...people].map((text, i) => ({
    position: 100 + i,
    data: `{"text":"${text}"}`,
  }));
  const expected = [{
    maskedIn: "Registered data.secret",
    foundIn: "NoteAdded data.text",
    values: 300,
    isLong: true,
    position: 100,
  }];
  assertEquals(scan([...people, ...people], events), expected);
  // The same when nearly everything is on the disk.
  assertEquals(scan([...people, ...people], events, 16), expected);
});

Deno.test("ResidualScan counts a text of several sources for that in which it was masked first", () => {
  const people = Array.from({ length: 40 }, (_, i) => `person-${i}@example.com`);
  const event = { data: JSON.stringify({ text: people.join(" ") }) };
  for (const inMemoryMax of [3, 16, 1000]) {
    using scan = new ResidualScan(seeds, inMemoryMax, inMemoryMax);
    const sources = ["first", "second", "third"].map((name) => scan.source(name));
    // Each is masked in all of them, half of them first in the last one.
    const orders = [[...sources].reverse(), [1, 2, 0].map((i) => sources[i]!)];
    for (let turn = 0; turn < sources.length; turn++) {
      for (const [i, text] of people.entries()) scan.masked(text, orders[i % 2]![turn]!);
    }
    assertEquals(
      residualsOf([scan], [[event]]).map(({ maskedIn, values }) => [maskedIn, values]),
      [["second", 20], ["third", 20]],
    );
  }
});

Deno.test("ResidualScan counts a text of several scans for the source of the first chunk, and once", () => {
  const people = Array.from({ length: 40 }, (_, i) => `person-${i}@example.com`);
  const event = (position: number) => ({
    position,
    data: JSON.stringify({ text: people.join(" ") }),
  });
  for (const inMemoryMax of [3, 1000]) {
    using one = new ResidualScan(seeds, inMemoryMax, inMemoryMax);
    using other = new ResidualScan(seeds, inMemoryMax, inMemoryMax);
    // Numbers of sources are each scan's own.
    other.source("unused");
    const add = (scan: ResidualScan, chunk: number, name: string) => {
      scan.beginChunk(chunk);
      for (const [i, text] of people.entries()) {
        if (i % 2 === chunk % 2) scan.masked(text, scan.source(name));
      }
    };
    for (
      const [scan, chunk, name] of [
        ...[[one, 0, "a"], [one, 4, "b"], [one, 5, "c"]] as const,
        ...[[other, 1, "d"], [other, 2, "e"], [other, 3, "f"]] as const,
      ]
    ) add(scan, chunk, name);
    const found = residualsOf([one, other], [[event(9)], [event(8), event(10)]]);
    const foundIn = "NoteAdded data.text";
    assertEquals(found, [
      { maskedIn: "a", foundIn, values: 20, isLong: true, position: 8 },
      { maskedIn: "d", foundIn, values: 20, isLong: true, position: 8 },
    ]);
  }
});

Deno.test("ResidualScan finds what includes() finds, among texts that resemble each other", () => {
  const word = (minLength: number, maxLength: number) =>
    fc.array(fc.constantFrom("a", "b", "B"), { minLength, maxLength }).map((all) => all.join(""));
  fc.assert(
    fc.property(
      fc.uniqueArray(word(8, 12), {
        selector: (text) => text.toLowerCase(),
        minLength: 1,
        maxLength: 30,
      }),
      fc.array(word(0, 60), { maxLength: 30 }),
      (masked, texts) => {
        const expected = masked.filter((text) =>
          texts.some((other) => other.toLowerCase().includes(text.toLowerCase()))
        );
        const found = scan(masked, texts.map((text) => ({ data: `{"text":"${text}"}` })), 8);
        assertEquals(found.reduce((sum, { values }) => sum + values, 0), expected.length);
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("ResidualScan finds a text wherever it begins, up to what the mask has written", () => {
  for (const length of [8, 9, 10, 11, 12, 64, 70]) {
    const text = "q7W-zK3xJ.v5H_u2Y+".repeat(4).slice(0, length);
    for (let before = 0; before < 8; before++) {
      const plain = `${"of the amount".slice(0, before)}${text}`;
      const places = [plain, `«made»${plain}«made»`, `${plain} and`, `ü${plain}`, `${plain}%`];
      for (const place of places) {
        const [found] = scan([text], [{ data: `{"text":"${place}"}` }]);
        assertEquals(found?.values, 1, `${place}`);
      }
      // What is cut by the mask is no longer there.
      assertEquals(
        scan([text], [{ data: `{"text":"${plain.slice(0, -1).slice(0, 60)}«made»"}` }]),
        [],
      );
    }
  }
});

Deno.test("ResidualScan takes white space and case around a masked text alike in ASCII and beyond", () => {
  for (
    const [masked, left] of [[" \tPeter Parker\n", "PETER PARKER"], [
      "\u00a0Zoë Zander ",
      "zoË zander",
    ]]
  ) {
    assertEquals(scan([masked!], [{ data: `{"text":"x${left}x"}` }]).length, 1, masked);
  }
  // Of a long text, its first 64 characters.
  const long = `${" ".repeat(10)}${"abcdefgh ".repeat(20)}`;
  assertEquals(scan([long], [{ data: `{"text":"${"abcdefgh ".repeat(8)}"}` }]).length, 1);
  assertEquals(scan([long], [{ data: `{"text":"${"abcdefgh ".repeat(7)}"}` }]), []);
});
