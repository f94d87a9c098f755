/**
 * The documents of the repository.
 *
 * @module
 */

/** The checkout's folder, with a slash at its end. */
export const checkout: string = new URL("../../", import.meta.url).pathname;

/** All documents, by their path in the checkout. */
export function documents(): string[] {
  const inFolder = (folder: string) =>
    [...Deno.readDirSync(`${checkout}${folder}`)]
      .filter(({ isFile, name }) => isFile && name.endsWith(".md"))
      .map(({ name }) => `${folder}${name}`);
  return ["", "docs/", "docs/adr/", "examples/"].flatMap(inFolder).sort();
}
