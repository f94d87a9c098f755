/** Waits for some milliseconds; rejects with the signal's reason when the signal ends the waiting. */
export declare function delay(
  ms: number,
  options?: { signal?: AbortSignal; persistent?: boolean },
): Promise<void>;
