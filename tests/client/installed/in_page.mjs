/**
 * Somebody who chooses a file in the page that docs/client.md shows, which stands beside as import.mjs.
 *
 * @module
 */

const { url, token, lines } = await (await fetch("/task")).json();
globalThis.serverUrl = url;

const input = document.body.appendChild(document.createElement("input"));
const output = document.body.appendChild(document.createElement("output"));
input.type = "file";
let told;
try {
  const { importWhenChosen } = await import("./import.mjs");
  importWhenChosen(input, output, token);
  const chosen = new DataTransfer();
  chosen.items.add(new File(lines, "events.ndjson"));
  input.files = chosen.files;
  const shown = new Promise((resolve) => {
    new MutationObserver(() => resolve(output.textContent)).observe(output, { childList: true });
  });
  input.dispatchEvent(new Event("change"));
  told = { output: await shown };
} catch (error) {
  told = { error: `${error.stack ?? error}` };
}
await fetch("/result", { method: "POST", body: JSON.stringify(told) });
