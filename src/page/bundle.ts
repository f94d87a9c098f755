/**
 * The page as it is served: every file under a name that holds a hash of its content, so that browsers may keep
 * it forever, and one document that names them. Nothing is compiled: the specifiers of imports change, and comments
 * are left out, where they were the line's.
 *
 * @module
 */

// By name, `hash` would keep an old Deno from loading this.
import * as crypto from "node:crypto";
import { gzipSync } from "node:zlib";
import { dirname, join, relative } from "node:path/posix";

/** A file that is served. */
export interface PageFile {
  /** Its media type. */
  readonly type: string;
  /** Its bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, compressed by gzip. */
  readonly gzip: Uint8Array<ArrayBuffer>;
  /** A validator for caches: the hash of the bytes, in quotes. */
  readonly etag: string;
}

/** The page. */
export interface PageBundle {
  /** The document. */
  readonly document: PageFile;
  /** What it loads, by path below that of the document, such as `app.0123456789ab.js`. */
  readonly files: ReadonlyMap<string, PageFile>;
}

/** Where the document wants the files to be named. */
const placeholder = "<!-- files -->";

/** Hex digits of a hash in a name: 48 bits, for a few dozen files. */
const hashDigits = 12;

const mediaTypes: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/**
 * Puts the page together.
 *
 * @param sources The text of each file by its path, `index.html` and `icon.svg` among them.
 * @param libraries The path of what each bare specifier means, such as `preact`.
 * @returns The page.
 */
export function bundlePage(
  sources: Readonly<Record<string, string>>,
  libraries: Readonly<Record<string, string>>,
): PageBundle {
  const files = new Map<string, PageFile>();
  const named = new Map<string, string>();
  /** Names a file, and before it what it imports, whose names are a part of its text. */
  const nameOf = (path: string): string => {
    const known = named.get(path);
    if (known !== undefined) return known;
    const source = sources[path];
    if (source === undefined) throw new Error(`The page has no file ${path}`);
    const text = withoutComments(path, source).replace(
      importSpecifier,
      (_, before: string, specifier: string) => {
        const target = libraries[specifier] ?? join(dirname(path), specifier);
        const to = relative(dirname(path), nameOf(target));
        return `${before}"${to.startsWith(".") ? to : `./${to}`}"`;
      },
    );
    const file = pageFile(path, text);
    const [, stem, extension] = /^(.*)\.(\w+)$/.exec(path)!;
    const name = `${stem}.${file.etag.slice(1, 1 + hashDigits)}.${extension}`;
    files.set(name, file);
    named.set(path, name);
    return name;
  };
  const paths = Object.keys(sources).filter((path) => path !== "index.html");
  const links = paths.map((path) => linkTo(path, `ui/${nameOf(path)}`));
  const document = sources["index.html"]!.replace(placeholder, () => links.join("\n    "));
  return { document: pageFile("index.html", document), files };
}

/** The specifier of an import or a re-export, in code that is minified or not. */
const importSpecifier = /((?<!")\b(?:from|import)\s*)"([^"\n]+)"/g;

/**
 * A file without comments that have lines of their own; what follows stays in its line. A library loses only the
 * name of its source map, which would be asked for in vain.
 */
function withoutComments(path: string, text: string): string {
  const comments = path.startsWith("lib/")
    ? /^\/\/# sourceMappingURL=.*$/gm
    : /^[ \t]*(?:\/\/.*|\/\*(?:(?!\*\/)[^])*\*\/[ \t]*)$/gm;
  return text.replace(comments, (comment) => "\n".repeat(comment.split("\n").length - 1));
}

/** All modules are named up front: a browser need not read one to learn of the next. */
function linkTo(path: string, href: string): string {
  if (path.endsWith(".css")) return `<link rel="stylesheet" href="${href}">`;
  if (path.endsWith(".svg")) return `<link rel="icon" type="image/svg+xml" href="${href}">`;
  return path === "main.js"
    ? `<script type="module" src="${href}"></script>`
    : `<link rel="modulepreload" href="${href}">`;
}

function pageFile(path: string, text: string): PageFile {
  const bytes = new TextEncoder().encode(text);
  const hash = crypto.createHash("sha256").update(bytes).digest("hex");
  return {
    type: mediaTypes[path.slice(path.lastIndexOf(".") + 1)]!,
    bytes,
    gzip: new Uint8Array(gzipSync(bytes, { level: 9 })),
    etag: `"${hash}"`,
  };
}
