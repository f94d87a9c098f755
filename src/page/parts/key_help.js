// @ts-check
/**
 * The keys that work now.
 *
 * @module
 */

import { html } from "../html.js";
import { bindings } from "../state/keys.js";
import { useValue } from "../state/value.js";
import { Dialog } from "./dialog.js";

/** Keys whose name is not what is on them. @type {Readonly<Record<string, string>>} */
const shown = {
  Escape: "Esc",
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  " ": "Space",
};

/** @param {{onClose: () => void}} props */
export function KeyHelp({ onClose }) {
  const byText = Map.groupBy(useValue(bindings), ({ text }) => text);
  return html`
    <${Dialog} title="Keys" onClose=${onClose}>
      <dl class="keys">
          ${[...byText].map(([text, all]) =>
            html`
              <div>
                <dt>${[...new Set(all.map(({ key }) => key))].map((key) =>
                  html`
                    <kbd>${shown[key] ?? key}</kbd>
                  `
                )}</dt>
                <dd>${text}</dd>
              </div>
            `
          )}
        </dl>
      <//>
  `;
}
