/** Writes milliseconds for people, such as `3h 20m`. */
export declare function format(
  ms: number,
  options?: { style?: "narrow" | "full" | "digital"; ignoreZero?: boolean },
): string;
