/** Waits for a promise; rejects with the signal's reason when the signal ends the waiting. */
export declare function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T>;
