import {
  formatCount,
  formatDuration,
  formatEvents,
  formatSeconds,
} from "../../../src/cli/terminal/format.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("formatCount(), formatEvents() and formatSeconds() write for people", () => {
  assertEquals(formatCount(1234567.4), "1,234,567");
  assertEquals([0, 1, 2].map(formatEvents), ["0 events", "1 event", "2 events"]);
  assertEquals(formatSeconds(2345), "2.3 s");
});

Deno.test("formatDuration() says as much as matters", () => {
  const durations: [number, string][] = [
    [1, "1 s"],
    [89_000, "89 s"],
    [120_000, "2 min"],
    [3_600_000, "60 min"],
    [12_000_000, "3 h 20 min"],
  ];
  for (const [ms, text] of durations) assertEquals(formatDuration(ms), text);
});
