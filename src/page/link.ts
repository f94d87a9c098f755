/**
 * Modules put together as one script, so that a browser asks once, and what is alike in them is compressed once: ninety
 * files by themselves are half as large again. Nothing is compiled: the modules stand in one scope, one after another,
 * without their comments and white space.
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

/** `a` or `a as b`, in braces. */
const listed = /([\w$]+)\s*(?:as\s+([\w$]+))?/g;

/** A browser would ask for it, and it is not served. */
const sourceMap = /^\/\/# sourceMappingURL=.*$/gm;

/** The names of a declaration of a module, with patterns as they stand. */
const declaration =
  /^(?:export )?(?:async )?(?:function\*?|class|const|let|var) (?:([\w$]+)|([[{][^=]*)=)/gm;

/** A module as it is read. */
interface Module {
  /** What it says, but for its imports and exports. */
  readonly body: string;
  readonly isLibrary: boolean;
  /** The names that it declares. */
  readonly own: ReadonlySet<string>;
  /** The name of each thing that it exports, by the name under which it does. */
  readonly exports: ReadonlyMap<string, string>;
  readonly imports: readonly Import[];
}

interface Import {
  readonly from: string;
  readonly name: string;
  readonly as: string;
}

/**
 * Puts modules together: each after those that it imports, and else as they are given, since those of one folder are
 * alike and compress better side by side.
 *
 * @param sources The text of each module by its path, such as `main.js` and `lib/preact.js`.
 * @param libraries The path of what each bare specifier means, such as `preact`.
 * @returns The script, to be loaded as a module.
 * @throws {Error} Where one imports what is not there, or writes an import or an export in another way.
 */
export function linkModules(
  sources: Readonly<Record<string, string>>,
  libraries: Readonly<Record<string, string>>,
): string {
  const libraryPaths = Object.values(libraries);
  const modules = new Map<string, Module>();
  /** Reads a module after those that it imports. */
  const visit = (path: string): string => {
    if (modules.has(path)) return path;
    const source = sources[path];
    if (source === undefined) throw new Error(`The page has no module ${path}`);
    const module = readModule(path, source, {
      // Libraries are minified already.
      isLibrary: libraryPaths.includes(path),
      imported: (specifier) => visit(libraries[specifier] ?? join(dirname(path), specifier)),
    });
    modules.set(path, module);
    return path;
  };
  for (const path of Object.keys(sources)) {
    if (!libraryPaths.includes(path)) visit(path);
  }
  return `${new Linker(modules).run().join("\n")}\n`;
}

/**
 * Writes modules into one scope, so that imports need no code. A module with a name that another one has got, and each
 * library, becomes a function that returns what it exports.
 */
class Linker {
  readonly #modules: ReadonlyMap<string, Module>;
  /** The names in the scope. */
  readonly #taken = new Set<string>();
  /** The names in the scope of what modules export, by path and name. */
  readonly #names = new Map<string, string>();

  constructor(modules: ReadonlyMap<string, Module>) {
    this.#modules = modules;
  }

  run(): string[] {
    return [...this.#modules].map(([path, module]) => this.#link(path, module));
  }

  #link(path: string, { body, isLibrary, own, exports, imports }: Module): string {
    // Those that have another name in the scope.
    const renamed = imports.map(({ from, name, as }) => {
      const known = this.#names.get(`${from} ${name}`);
      if (known === undefined) {
        throw new Error(`${path} imports ${name}, which ${from} does not export`);
      }
      return [as, known] as const;
    }).filter(([as, known]) => as !== known);
    const tops = [...own, ...renamed.map(([as]) => as)];
    if (!isLibrary && tops.every((name) => !this.#taken.has(name))) {
      for (const name of tops) this.#taken.add(name);
      for (const [as, name] of exports) this.#names.set(`${path} ${as}`, name);
      const aliases = renamed.map(([as, known]) => `const ${as}=${known};`);
      return aliases.join("") + body;
    }
    const results: string[] = [];
    for (const as of exports.keys()) {
      if (!this.#isWanted(path, as)) continue;
      const free = this.#freeName(as);
      this.#names.set(`${path} ${as}`, free);
      results.push(as === free ? as : `${as}:${free}`);
    }
    const returned = [...exports].map(([as, name]) => as === name ? as : `${as}:${name}`);
    const parameters = renamed.map(([as]) => as);
    const given = renamed.map(([, known]) => known);
    return `const{${results}}=((${parameters})=>{${body}\nreturn{${returned}}})(${given});`;
  }

  #isWanted(path: string, name: string): boolean {
    return [...this.#modules.values()].some(({ imports }) =>
      imports.some((one) => one.from === path && one.name === name)
    );
  }

  #freeName(wanted: string): string {
    let name = wanted;
    for (let count = 1; name === "default" || this.#taken.has(name); count++) {
      name = `${wanted}$${count}`;
    }
    this.#taken.add(name);
    return name;
  }
}

function readModule(
  path: string,
  source: string,
  { isLibrary, imported }: { isLibrary: boolean; imported: (specifier: string) => string },
): Module {
  const exports = new Map<string, string>();
  const imports: Import[] = [];
  const body = source.replace(sourceMap, "")
    .replace(importStatement, (_, names: string | undefined, specifier: string) => {
      const from = imported(specifier);
      if (names === undefined) return "";
      if (!names.startsWith("{")) imports.push({ from, name: "default", as: names });
      else {
        for (const [, name, as] of names.matchAll(listed)) {
          imports.push({ from, name: name!, as: as ?? name! });
        }
      }
      return "";
    })
    .replace(exportedDeclaration, (_, name: string) => {
      exports.set(name, name);
      return "";
    })
    .replace(exportList, (_, list: string) => {
      for (const [, name, as] of list.matchAll(listed)) exports.set(as ?? name!, name!);
      return "";
    })
    .replace(defaultExport, () => {
      exports.set("default", "$default");
      return "const $default=";
    });
  const left = /^(?:import|export)\b.*$/m.exec(body)?.[0];
  if (left !== undefined) throw new Error(`${path} cannot be linked: ${left.slice(0, 200)}`);
  return {
    body: isLibrary ? body : compactModule(body),
    isLibrary,
    own: new Set(namesOf(body)),
    exports,
    imports,
  };
}

/**
 * @param source The text of a module.
 * @returns The names that it declares. None may be a browser's that another module means.
 */
export function namesOf(source: string): string[] {
  return [...source.matchAll(declaration)].flatMap(([, name, pattern]) =>
    name ?? pattern!.match(/[\w$]+/g) ?? []
  );
}
