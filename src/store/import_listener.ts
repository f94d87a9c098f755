/**
 * Whom an import tells how it ends, so that the store's listeners hear of it.
 *
 * @module
 */

import type { Appended, NamespaceChange } from "./store.ts";

/** What an import has changed: what it has added, or that it has replaced everything. */
export type ImportChange =
  | Extract<NamespaceChange, { kind: "imported" }>
  | { kind: "replaced" };

/** Whom an import tells how it ends. */
export interface ImportListener {
  /** It is about to commit. */
  committing(): void;
  /** It has ended; without a change when it was not committed. */
  ended(change?: ImportChange): void;
}

/**
 * Puts what an import says into words for a store's listeners.
 *
 * @param namespace The namespace's id.
 * @param tell Tells them.
 * @param onEnd Called when the import has ended, before they hear of it.
 * @returns Whom the import is to tell.
 */
export function importListener(
  namespace: string,
  tell: (appended: Appended) => void,
  onEnd: () => void,
): ImportListener {
  let isCommitting = false;
  return {
    committing() {
      isCommitting = true;
      tell({ namespace, kind: "committing" });
    },
    ended(change) {
      onEnd();
      if (isCommitting) tell({ namespace, ...change ?? { kind: "unknown" } });
    },
  };
}
