/**
 * Where the values of options came from, so that a message can name it: an option on the command line,
 * or an environment variable that may have been forgotten. A process runs one command.
 *
 * @module
 */

const sources = new Map<string, string>();

/**
 * Notes where an option's value came from.
 *
 * @param source Such as `--url`, or `EVENTODB_URL`.
 */
export function noteSource(option: string, source: string): void {
  sources.set(option, source);
}

/**
 * Where an option's value came from.
 *
 * @returns Such as `EVENTODB_URL`; the option itself when it has no value, or none that was looked at.
 */
export function sourceOf(option: string): string {
  return sources.get(option) ?? `--${option}`;
}

/**
 * Says that a value came from the environment.
 *
 * @returns A sentence for a hint, or none when it was given on the command line.
 */
export function environmentHint(option: string): string[] {
  const source = sourceOf(option);
  return source.startsWith("--") ? [] : [`The value came from the environment variable ${source}`];
}
