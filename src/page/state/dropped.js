// @ts-check
/// <reference lib="dom" />
/**
 * A file that is dropped anywhere on the page is to be imported.
 *
 * @module
 */

import { useEffect, useState } from "preact/hooks";
import { headBytes, lookAtHead } from "../text/file_head.js";
import { address, go } from "./address.js";
import { Value } from "./value.js";

/**
 * @typedef {{file: File, isGzip: boolean, problem: string | null}} Dropped `problem`: why it cannot be imported.
 */

/** The file that waits to be imported. @type {Value<Dropped | null>} */
export const dropped = new Value(/** @type {Dropped | null} */ (null));

/** Why what was dropped is not a file to import. */
export const dropProblem = new Value("");

/**
 * Takes files to be imported.
 *
 * @param {readonly File[]} files
 */
export async function takeFiles(files) {
  const [file, second] = files;
  dropped.set(null);
  dropProblem.set("");
  if (file === undefined) return;
  if (second !== undefined) {
    dropProblem.set(
      `These are ${files.length} files. Give one at a time`,
    );
    return;
  }
  try {
    const head = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
    dropped.set({ file, ...lookAtHead(head) });
  } catch {
    dropProblem.set(`Cannot read ${JSON.stringify(file.name)}: it is a folder, or gone`);
  }
}

/**
 * Listens for files that are dragged over the page.
 *
 * @returns {boolean} Whether one is over it now.
 */
export function useDrop() {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    const hasFiles = (/** @type {DragEvent} */ event) =>
      event.dataTransfer?.types.includes("Files") ?? false;
    addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      // Without this the browser would leave the page to show the file.
      event.preventDefault();
      setOver(true);
    }, { signal });
    addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) setOver(false);
    }, { signal });
    addEventListener("drop", (event) => {
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (address.current.view !== "transfer") go("transfer");
      const folder = [...event.dataTransfer?.items ?? []]
        .map((item) => item.webkitGetAsEntry()).find((entry) => entry?.isDirectory);
      if (folder) {
        dropped.set(null);
        dropProblem.set(`${JSON.stringify(folder.name)} is a folder: drop a file of events`);
      } else void takeFiles([...event.dataTransfer?.files ?? []]);
    }, { signal });
    return () => ending.abort();
  }, []);
  return isOver;
}
