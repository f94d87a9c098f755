/** Makes a UUID of version 7. */
export declare function generate(timestamp?: number): string;
