/** The byte that ends a line of NDJSON: LF. */
export const LINE_END = 0x0a;
