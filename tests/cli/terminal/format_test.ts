import {
  formatCount,
  formatDuration,
  formatEvents,
  formatSeconds,
} from "../../../src/cli/terminal/format.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("formatCount(), formatEvents() and formatSeconds() write for people", () => {
  assertEquals([0, 999, 1000, 123_456, 1_234_567.4, -1_000].map(formatCount), [
    ...["0", "999", "1,000", "123,456", "1,234,567", "-1,000"],
  ]);
  assertEquals([0, 1, 2].map(formatEvents), ["0 events", "1 event", "2 events"]);
  assertEquals(formatSeconds(2345), "2.3 s");
});

Deno.test("formatDuration() says as much as matters", () => {
  const durations: [number, string][] = [
    [1, "1s"],
    [89_400, "1m 29s"],
    [725_000, "12m"],
    [3_600_000, "1h"],
    [12_000_000, "3h 20m"],
    [5 * 86_400_000 + 7_000_000, "5d"],
  ];
  for (const [ms, text] of durations) assertEquals(formatDuration(ms), text);
});
