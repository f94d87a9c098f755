/** Finds the encoding that a client prefers; `undefined` when it takes none of them. Without a header, the first. */
export declare function acceptsEncodings(
  request: { headers: Headers },
  ...encodings: string[]
): string | undefined;
