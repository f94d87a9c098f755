import { EventoDBClient } from "@eventodb/cli/client";
import { useClient } from "./use_client.mjs";

const { url, token, lines, closed } = await (await fetch("/task")).json();

/** What a page is told by a server that does not know its origin. */
async function refused() {
  const client = new EventoDBClient({ url: closed, retries: 0 });
  const upload = await client.upload(new Blob(lines)).catch(({ code }) => code);
  return [await client.version().catch(({ message }) => message), upload];
}

let result;
try {
  result = { used: await useClient(url, token, lines), refused: await refused() };
} catch (error) {
  result = { error: `${error.stack ?? error}` };
}
await fetch("/result", { method: "POST", body: JSON.stringify(result) });
