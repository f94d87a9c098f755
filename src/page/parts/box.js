// @ts-check
/// <reference lib="dom" />
/**
 * The one box: a stream, a category, a message id, a global position or a time. It says where it will go.
 *
 * @module
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { namesLike, placesFor } from "../api/find.js";
import { isAbort, messageOf } from "../api/problem.js";
import { html } from "../html.js";
import { useKeys } from "../state/keys.js";
import { useLoad } from "../state/load.js";
import { tokenIn } from "../text/token.js";
import { useZone } from "./time.js";
import { Visible } from "./visible.js";

/** How long somebody types on before names are looked up, in milliseconds. */
const pauseMs = 100;

/** @param {{hasTrace: boolean}} props `hasTrace`: whether there is a view of that. */
export function Box({ hasTrace }) {
  const ref = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [typed, setTyped] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(0);
  const [problem, setProblem] = useState("");
  /** Enter was pressed before the names were there. */
  const [isWaiting, setWaiting] = useState(false);
  const going = useRef(new AbortController());
  const zone = useZone();
  const text = typed.trim();
  const loaded = useLoad(async (signal) => {
    if (text === "") return undefined;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    signal.throwIfAborted();
    return { text, names: await namesLike(text, signal) };
  }, [text]);
  const known = loaded.value?.text === text ? loaded.value.names : undefined;
  const names = known ?? { streams: [], categories: [] };
  const places = text === "" ? [] : placesFor(text, names, { zone, hasTrace });
  const isShown = isOpen && (places.length > 0 || problem !== "");

  useKeys([{
    key: "/",
    text: "Find a stream, a category, an id, a position or a time",
    run: () => ref.current?.select(),
  }], []);

  /** @param {string} value */
  const type = (value) => {
    going.current.abort();
    const isToken = tokenIn(value) !== undefined;
    setTyped(isToken ? "" : value);
    setOpen(true);
    setChosen(0);
    setProblem(isToken ? "This is a token: the menu of namespaces takes it." : "");
    setWaiting(false);
  };
  /** @param {import("../api/find.js").Place | undefined} place */
  const visit = async (place) => {
    setWaiting(false);
    going.current.abort();
    const { signal } = going.current = new AbortController();
    try {
      const refusal = await place?.go(signal) ?? "";
      if (signal.aborted) return;
      setProblem(refusal);
      if (refusal !== "") return setChosen(places.length - 1);
      setTyped("");
      setOpen(false);
      ref.current?.blur();
    } catch (error) {
      if (!signal.aborted && !isAbort(error)) setProblem(messageOf(error));
    }
  };
  const isReady = known !== undefined || loaded.error !== undefined;
  useEffect(() => {
    if (isWaiting && isReady) visit(places[0]);
  }, [isWaiting, isReady]);

  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && places.length > 0) {
      setOpen(true);
      setChosen((chosen + step + places.length) % places.length);
    } else if (event.key === "Escape") {
      if (isShown) setOpen(false);
      else ref.current?.blur();
    } else return;
    event.preventDefault();
  };
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    if (text === "") return;
    // What is first may change with the names that are not there yet.
    if (chosen === 0 && !isReady) setWaiting(true);
    else visit(places[chosen]);
  };
  return html`
    <form class="box" role="search" onSubmit=${submit}>
      <input ref=${ref} type="text" role="combobox" value=${typed} maxlength="1000"
        aria-label="Go to a stream, category, id, position or time" aria-autocomplete="list"
        aria-expanded=${isShown} aria-controls=${isShown && text !== "" ? "places" : undefined}
        aria-activedescendant=${isShown && text !== "" ? `place-${chosen}` : undefined}
        placeholder="Stream, category, id, position or time" spellcheck=${false}
        autocomplete="off" autocapitalize="off" enterkeyhint="go"
        onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ event) =>
          type(event.currentTarget.value)}
        onFocus=${() => setOpen(true)} onBlur=${() => setOpen(false)} onKeyDown=${press} />
      <kbd aria-hidden="true">/</kbd>
      <div class="places" hidden=${!isShown}
        onMouseDown=${(/** @type {MouseEvent} */ event) => event.preventDefault()}>
        <p role="alert">${problem}</p>
        ${isShown && places.length > 0 && html`
          <ul id="places" role="listbox" aria-label="Where to go">
            ${places.map((place, index) =>
              html`
                <li key=${index} id=${`place-${index}`} role="option"
                  aria-selected=${index === chosen} onClick=${() => visit(place)}>
                  ${place.action} <${Visible} text=${place.name} />
                  ${place.detail && html`<span>, ${place.detail}</span>`}
                </li>
              `
            )}
          </ul>
        `}
      </div>
    </form>
  `;
}
