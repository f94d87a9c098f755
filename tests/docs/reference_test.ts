/** What the documents list is what there is: options, environment variables, error codes, decisions. */

import { sliceOptions } from "../../src/cli/transfer/slice_options.ts";
import { commands } from "../../src/commands/registry.ts";
import { STATUS_OF_CODE } from "../../src/errors.ts";
import * as http from "../../src/http/limits.ts";
import * as shared from "../../src/limits.ts";
import * as rpc from "../../src/rpc/limits.ts";
import * as store from "../../src/store/limits.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { checkout, documents } from "./documents.ts";

const limits = { ...shared, ...http, ...rpc, ...store };

const read = (path: string) => Deno.readTextFileSync(`${checkout}${path}`);
const pages = documents().filter((path) => !path.startsWith("docs/adr/")).map(read).join("\n");

/** The section of a page that a heading begins. */
function section(path: string, heading: string): string {
  const [, found] = new RegExp(`^(${heading}\n.*?)(?=^## |(?![^]))`, "ms").exec(read(path))!;
  return found!;
}

/** The names that begin the rows of a section's tables, without dashes. */
function optionRows(text: string): string[] {
  return [...text.matchAll(/^\| `(?:-\w, )?--([a-z0-9-]+)/gm)].map(([, name]) => name!).sort();
}

const tables: readonly (readonly [command: string, path: string, heading: string])[] = [
  ["serve", "docs/operating.md", "## Options"],
  ["export", "docs/cli.md", "## eventodb export"],
  ["import", "docs/cli.md", "## eventodb import"],
];

for (const [name, path, heading] of tables) {
  Deno.test(`${path} lists the options of eventodb ${name}, and their variables`, async () => {
    const { options } = await commands.find((entry) => entry.name === name)!.load();
    const text = section(path, heading);
    assertEquals(optionRows(text), options.map(({ name }) => name).sort());
    for (const { name, env } of options) {
      const row = new RegExp(`^\\| \`(?:-\\w, )?--${name}\\b[^|]*\\|([^|]*)\\|`, "m").exec(
        text,
      )![1]!;
      assertEquals(row.trim().replaceAll("`", ""), env ?? "", `variable of --${name}`);
    }
  });
}

Deno.test("docs/cli.md names every option of the other commands", async () => {
  for (const { name, load } of commands) {
    if (tables.some(([listed]) => listed === name)) continue;
    const options = (await load()).options;
    if (options.length === 0) continue;
    const text = section("docs/cli.md", `## eventodb ${name.split(" ")[0]}`);
    for (const option of options) {
      // These have a section of their own.
      if (sliceOptions.includes(option)) continue;
      assert(text.includes(`\`--${option.name}`), `${name} --${option.name}`);
    }
  }
});

Deno.test("docs/cli.md lists every command", () => {
  const [table] = /^\| command .*?\n\n/ms.exec(read("docs/cli.md"))!;
  for (const { name } of commands) assert(table.includes(`eventodb ${name}`), name);
});

Deno.test("the documents name every environment variable that the code reads", () => {
  const source = sources("src/").map(read).join("\n");
  const variables = new Set(source.match(/\bEVENTODB_[A-Z]+(?:_[A-Z]+)*\b/g));
  assert(variables.size > 5);
  for (const variable of variables) assert(pages.includes(variable), variable);
});

Deno.test("the documents name no environment variable that nothing reads", () => {
  const code = [...sources("src/"), ...sources("tests/"), ...sources("bench/")].map(read).join(
    "\n",
  );
  for (const variable of new Set(pages.match(/\bEVENTODB_[A-Z]+(?:_[A-Z]+)*\b/g))) {
    assert(code.includes(variable), variable);
  }
});

Deno.test("the documents explain every error code", () => {
  for (const code of Object.keys(STATUS_OF_CODE)) assert(pages.includes(`\`${code}\``), code);
});

Deno.test("docs/operating.md lists the limits that the server has", () => {
  const seconds = (ms: number) => `${ms / 1000} s`;
  const expected = {
    "body of `/rpc`": `${limits.rpcBodyBytesMax / 2 ** 20} MiB`,
    "line of an import": `${limits.lineBytesMax / 2 ** 20} MiB`,
    "nesting of `data`, `metadata`, ignored fields": limits.jsonDepthMax.toLocaleString("en-US"),
    "imports at the same time in one server": String(limits.importsMax),
    "imports that wait": String(limits.importsWaitingMax),
    "how long an import waits": seconds(limits.importSlotWaitMs),
    "how long one may be slow while others wait": seconds(limits.bodySlowMs),
    "imports at the same time with lines over 4 MiB": String(limits.longLineImportsMax),
    "bodies of `/rpc` over 64 KiB in memory, together": `${
      limits.largeBodiesBytesMax / 2 ** 20
    } MiB`,
    "searches at the same time in one server": String(limits.searchesMax),
    "searches that wait": String(limits.searchesWaitingMax),
    "how long a search waits": seconds(limits.searchWaitMs),
    "verifications at the same time in one server": String(limits.verificationsMax),
    "verifications that wait": String(limits.verificationsWaitingMax),
    "how long a verification waits": seconds(limits.importSlotWaitMs),
    "body of `POST /verify`, in a temporary file": `${limits.verifiedBodyBytesMax / 2 ** 30} GiB`,
    "a write or a delete that waits for an import": seconds(limits.importWaitMs),
    "a body that sends nothing": seconds(limits.bodyStallMs),
    "a client that reads nothing of a response": seconds(limits.readerStallMs),
    "running requests once the server is stopping": seconds(limits.shutdownMs),
  };
  const rows = Object.fromEntries(
    [...section("docs/operating.md", "## Limits").matchAll(/^\| (.*?) +\| (.*?) +\|/gm)]
      .map(([, what, limit]) => [what, limit]),
  );
  for (const [what, limit] of Object.entries(expected)) assertEquals(rows[what], limit, what);
});

Deno.test("CHANGELOG.md and docs/troubleshooting.md say how long an import waits for a slot", () => {
  const seconds = `waits up to ${limits.importSlotWaitMs / 1000} s for`;
  for (const path of ["CHANGELOG.md", "docs/troubleshooting.md"]) {
    assert(read(path).replaceAll(/\s+/g, " ").includes(seconds), path);
  }
});

/** What systems and other programs say, not this code. */
const othersMessages = ["Connection refused", "Name or service not known", "413"];

Deno.test("docs/troubleshooting.md quotes messages as the code has them", () => {
  // Literals that are put together over several lines are one.
  const code = sources("src/").map(read).join("\n").replaceAll(/["`] \+\s+["`]/g, "");
  const quoted = [...read("docs/troubleshooting.md").matchAll(/^\| (`.*?) +\|/gm)]
    .flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, text]) => text!));
  assert(quoted.length > 10);
  for (const text of quoted) {
    if (othersMessages.includes(text)) continue;
    for (const part of text.replace(/--url\b/, "…").split("…")) {
      assert(code.includes(part.trim()), `"${part.trim()}" of "${text}"`);
    }
  }
});

/** What docs/page.md writes for keys that have another name in a browser. */
const keyNames: Record<string, string> = { " ": "Space", Escape: "Esc" };

Deno.test("docs/page.md lists the keys of the page", () => {
  const table = /^## Keys$(.*?)^## /ms.exec(read("docs/page.md"))![1]!;
  const code = sources("src/page/", ".js").map(read).join("\n");
  const keys = [...code.matchAll(/\bkey: "([^"]+)"|\["(.|Arrow\w+)", "[A-Z]/g)]
    .map(([, key, listed]) => key ?? listed!);
  assert(keys.length > 20);
  for (const key of keys) {
    // The first and the last of them stand for all views.
    if (/^[2-6]$/.test(key)) continue;
    const shown = key.startsWith("Arrow") ? "| arrows" : `\`${keyNames[key] ?? key}\``;
    assert(table.includes(shown), key);
  }
});

Deno.test("CONTRIBUTING.md says what is in each folder of the code", () => {
  const text = read("CONTRIBUTING.md");
  for (const { name, isDirectory } of Deno.readDirSync(`${checkout}src`)) {
    // Of the backends one stands for all.
    if (isDirectory && name !== "store") assert(text.includes(`\`src/${name}/\``), name);
  }
});

function sources(folder: string, end = ".ts"): string[] {
  return [...Deno.readDirSync(`${checkout}${folder}`)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return sources(`${folder}${name}/`, end);
    return name.endsWith(end) ? [`${folder}${name}`] : [];
  });
}

Deno.test("README.md and the example copy the service's database before they export", () => {
  for (
    const [path, copy, export_] of [
      ["README.md", "Copy your service's own database", "eventodb export"],
      ["examples/local_debug.ts", "copyTo(", "exportEvents(production"],
    ] as const
  ) {
    const text = read(path);
    assert(text.includes(copy) && text.indexOf(copy) < text.indexOf(export_), path);
  }
});
