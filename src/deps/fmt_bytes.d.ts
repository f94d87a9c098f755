/** Writes a number of bytes for people, such as `1.34 KiB`. */
export declare function format(bytes: number, options?: { binary?: boolean }): string;
