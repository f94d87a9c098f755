// @ts-check
/// <reference lib="dom" />
/**
 * Where the page begins.
 *
 * @module
 */

import { render } from "preact";
import { followServer } from "./api/facts.js";
import { App } from "./app.js";
import { html } from "./html.js";
import { followAddress } from "./state/address.js";
import { followKeys } from "./state/keys.js";

followAddress();
followKeys();
followServer();
const root = document.getElementById("app");
if (root !== null) render(html`<${App} />`, root);
