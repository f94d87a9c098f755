import { createLog, errorText, noLog } from "../src/log.ts";
import { assertEquals, assertFalse, assertMatch, assertStringIncludes } from "./support/assert.ts";

function logged(options: Parameters<typeof createLog>[0]) {
  const lines: string[] = [];
  return { lines, log: createLog({ ...options, sink: (line) => lines.push(line) }) };
}

Deno.test("createLog() writes console lines with time, level, message and fields", () => {
  const { lines, log } = logged({});
  log.write("info", "request", { path: "/rpc", status: 200, rpc: undefined, note: "two words" });
  assertMatch(
    lines[0]!,
    /^\d{4}-\d\d-\d\dT[\d:.]+Z INFO {2}request path=\/rpc status=200 note="two words"\n$/,
  );
});

Deno.test("createLog() writes one JSON object a line", () => {
  const { lines, log } = logged({ format: "json" });
  log.write("warn", "a\nb", { path: "/x\n", rpc: undefined, ok: true });
  assertEquals(lines[0]!.indexOf("\n"), lines[0]!.length - 1);
  const { time, ...rest } = JSON.parse(lines[0]!);
  assertMatch(time, /Z$/);
  assertEquals(rest, { level: "warn", message: "a\nb", path: "/x\n", ok: true });
});

Deno.test("createLog() leaves out what is below its level", () => {
  const { lines, log } = logged({ level: "warn" });
  for (const level of ["debug", "info", "warn", "error"] as const) log.write(level, level);
  assertEquals(lines.map((line) => line.trimEnd().split(" ").at(-1)), ["warn", "error"]);
  assertEquals([log.enabled("info"), log.enabled("warn")], [false, true]);
});

Deno.test("createLog() lets no value pass for another line or field", () => {
  const { lines, log } = logged({});
  log.write("info", "request", { path: "/x\n2026 ERROR forged=1", empty: "" });
  assertEquals(lines[0]!.split("\n").length, 2);
  assertStringIncludes(lines[0]!, String.raw`path="/x\n2026 ERROR forged=1" empty=""`);
});

Deno.test("noLog writes nothing", () => {
  assertFalse(noLog.enabled("error"));
  noLog.write("error", "nothing");
});

Deno.test("errorText() shows the stack, and what lies beneath", () => {
  const text = errorText(new Error("above", { cause: new TypeError("beneath") }));
  assertStringIncludes(text, "Error: above\n    at ");
  assertStringIncludes(text, "Caused by: TypeError: beneath\n    at ");
  assertEquals(errorText("words"), "words");
});
