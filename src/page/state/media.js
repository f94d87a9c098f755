// @ts-check
/// <reference lib="dom" />
/**
 * How large the page is.
 *
 * @module
 */

import { useEffect, useState } from "preact/hooks";

/**
 * @param {string} query As of styles.
 * @returns {boolean} Whether it holds now.
 */
export function useMedia(query) {
  const [list] = useState(() => matchMedia(query));
  const [holds, setHolds] = useState(list.matches);
  useEffect(() => {
    const follow = () => setHolds(list.matches);
    follow();
    list.addEventListener("change", follow);
    return () => list.removeEventListener("change", follow);
  }, []);
  return holds;
}
