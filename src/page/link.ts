/**
 * Modules put together as one script, so that a browser asks once, and what is alike in them is compressed once: ninety
 * files by themselves are half as large again. Nothing is compiled: each module is a function that returns what it
 * exports, comments are left out, and lines begin where their text does.
 *
 * @module
 */

import { dirname, join } from "node:path/posix";

/** `import … from "x";` and `import "x";`, as deno fmt and minifiers write them. */
const importStatement = /^import\s*(?:([\w$]+|\{[^}]*\})\s*from\s*)?"([^"]+)";?/gm;

/** `export function x`, and so on. */
const exportedDeclaration = /^export (?=(?:async )?(?:function\*?|const|class) ([\w$]+))/gm;

/** `export{a as b}`, the last of a library, and `export default …`. */
const exportList = /\bexport\s*\{([^}]*)\};?\s*$/;
const defaultExport = /^export default |\bexport default /;

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
    const imported = ({ specifier }: { specifier: string }) =>
      nameOf(libraries[specifier] ?? join(dirname(path), specifier));
    const body = asFunctionBody(path, source, imported);
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
  imported: (statement: { specifier: string }) => string,
): string {
  const exported: string[] = [];
  const body = withoutComments(source)
    .replace(importStatement, (_, names: string | undefined, specifier: string) => {
      const from = imported({ specifier });
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
  return exported.length === 0 ? body : `${body}\nreturn{${exported.join()}}`;
}

/** A module without comments that have lines of their own, casts of types, indentation and empty lines. */
function withoutComments(text: string): string {
  return text
    .replace(/^[ \t]*(?:\/\/.*|\/\*(?:(?!\*\/)[^])*\*\/[ \t]*)$/gm, "")
    .replace(/\/\*\* @(?:type|param)(?:(?!\*\/)[^])*\*\/ ?/g, "")
    .replace(/^[ \t]+/gm, "")
    .replace(/\n{2,}/g, "\n");
}
