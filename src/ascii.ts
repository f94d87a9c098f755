/** Whether a text is ASCII: then its code units are its bytes in UTF-8, and both sort alike. */
export function isAscii(text: string): boolean {
  // deno-lint-ignore no-control-regex -- ASCII begins with them
  return /^[\x00-\x7f]*$/.test(text);
}
