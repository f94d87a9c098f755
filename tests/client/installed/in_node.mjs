import process from "node:process";
import { useClient } from "./use_client.mjs";

const [url, token, lines] = process.argv.slice(2);
console.log(JSON.stringify(await useClient(url, token, JSON.parse(lines))));
