/**
 * Modules put together as one script, so that a browser asks once, and what is alike in them is compressed once: ninety
 * files by themselves are half as large again. Nothing is compiled: each module becomes a function that returns what it
 * exports, and loses its comments and its white space.
 *
 * @module
 */

import { dirname, join } from "node:path/posix";
import { compactModule } from "./compact.ts";

/** A statement that imports, as deno fmt and minifiers write them. */
const importStatement = /^import\s*(?:([\w$]+|\{[^}]*\})\s*from\s*)?"([^"]+)";?/gm;

/** `export function x`, and so on. */
const exportedDeclaration = /^export (?=(?:async )?(?:function\*?|const|class) ([\w$]+))/gm;

/** `export{a as b}`, the last of a library, and `export default …`. */
const exportList = /\bexport\s*\{([^}]*)\};?\s*$/;
const defaultExport = /^export default |\bexport default /;

/** It would be asked for in vain. */
const sourceMap = /^\/\/# sourceMappingURL=.*$/gm;

/**
 * Puts modules together.
 *
 * @param sources The text of each module by its path, such as `main.js` and `lib/preact.js`.
 * @param libraries The path of what each bare specifier means, such as `preact`.
 * @param entry The path of the module that is run.
 * @returns The script, to be loaded as a module.
 * @throws {Error} Where one imports what is not there, or writes an import or an export in another way.
 */
export function linkModules(
  sources: Readonly<Record<string, string>>,
  libraries: Readonly<Record<string, string>>,
  entry: string,
): string {
  const names = new Map<string, string>();
  const linked: string[] = [];
  /** Links a module after those that it imports. */
  const nameOf = (path: string): string => {
    const known = names.get(path);
    if (known !== undefined) return known;
    const source = sources[path];
    if (source === undefined) throw new Error(`The page has no module ${path}`);
    const body = asFunctionBody(path, source, {
      // Libraries are minified already.
      isLibrary: Object.values(libraries).includes(path),
      imported: (specifier) => nameOf(libraries[specifier] ?? join(dirname(path), specifier)),
    });
    const name = `m${names.size}`;
    names.set(path, name);
    linked.push(`const ${name}=(()=>{${body}})();`);
    return name;
  };
  nameOf(entry);
  return `${linked.join("\n")}\n`;
}

function asFunctionBody(
  path: string,
  source: string,
  { isLibrary, imported }: { isLibrary: boolean; imported: (specifier: string) => string },
): string {
  const exported: string[] = [];
  const body = source.replace(sourceMap, "")
    .replace(importStatement, (_, names: string | undefined, specifier: string) => {
      const from = imported(specifier);
      if (names === undefined) return "";
      const pattern = names.startsWith("{")
        ? names.replace(/ as |\s+as\s+/g, ":")
        : `{default:${names}}`;
      return `const${pattern.replace(/\s+/g, "")}=${from};`;
    })
    .replace(exportedDeclaration, (_, name: string) => {
      exported.push(name);
      return "";
    })
    .replace(exportList, (_, list: string) => {
      for (const [, name, as] of list.matchAll(/([\w$]+)\s*(?:as\s+([\w$]+))?/g)) {
        exported.push(as === undefined ? name! : `${as}:${name}`);
      }
      return "";
    })
    .replace(defaultExport, () => {
      exported.push("default:d");
      return "const d=";
    });
  const left = /^(?:import|export)\b.*$/m.exec(body)?.[0];
  if (left !== undefined) throw new Error(`${path} cannot be linked: ${left.slice(0, 200)}`);
  const returned = exported.length === 0 ? "" : `\nreturn{${exported.join()}}`;
  return isLibrary ? body + returned : compactModule(body + returned);
}
