/** What {@linkcode parseArgs} found: positional arguments under `_`, options under their names. */
export interface ParsedArgs {
  _: string[];
  [option: string]: string | boolean | string[] | undefined;
}

/** Splits arguments into options and the rest. The value of `_` is text only with `string: ["_"]`. */
export declare function parseArgs(
  args: string[],
  options: { string: string[]; boolean: string[]; collect: string[] },
): ParsedArgs;
