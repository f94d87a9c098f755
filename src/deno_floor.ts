/**
 * The oldest Deno that runs EventoDB, and the error of older ones. This module imports nothing, and
 * the program imports it before anything that an old Deno cannot load.
 *
 * @module
 */

/** The oldest Deno that runs EventoDB: major and minor version. */
export const denoFloor = "2.8";

/**
 * What is wrong with this version of Deno.
 *
 * @param version The version. Default: that of the Deno that runs this.
 * @returns The message, with how to mend it on a second line; `null` when nothing is.
 */
export function denoProblem(version: string = Deno.version.deno): string | null {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [floorMajor = 0, floorMinor = 0] = denoFloor.split(".").map(Number);
  if (major > floorMajor || major === floorMajor && minor >= floorMinor) return null;
  return `EventoDB needs Deno ${denoFloor} or later, and this is Deno ${version}\n` +
    'Upgrade it with "deno upgrade", or run a newer one with "npx deno@latest"';
}
