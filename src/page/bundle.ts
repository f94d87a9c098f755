/**
 * The page as it is served: one script, one stylesheet and the icon, under names that hold a hash of their content, so
 * that browsers may keep them forever, and the document that names them.
 *
 * @module
 */

// By name, `hash` would keep an old Deno from loading this.
import * as crypto from "node:crypto";
import { gzipSync } from "node:zlib";
import { linkModules } from "./link.ts";

/** A file that is served. */
export interface PageFile {
  /** Its media type. */
  readonly type: string;
  /** Its bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, compressed by gzip. */
  readonly gzip: Uint8Array<ArrayBuffer>;
  /** A validator for caches, weak since it is that of both: the hash of the bytes. */
  readonly etag: string;
}

/** The page. */
export interface PageBundle {
  /** The document. */
  readonly document: PageFile;
  /** What it loads, by path below that of the document, such as `page.0123456789ab.js`. */
  readonly files: ReadonlyMap<string, PageFile>;
}

/** Where the document wants the files to be named. */
const placeholder = "<!-- files -->";

/** Hex digits of a hash in a name: 48 bits. */
const hashDigits = 12;

const mediaTypes = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
} as const;

/**
 * Puts the page together.
 *
 * @param sources The text of each file by its path: `index.html`, `icon.svg`, stylesheets in their order, and the
 * modules.
 * @param libraries The path of what each bare specifier means, such as `preact`.
 */
export function bundlePage(
  sources: Readonly<Record<string, string>>,
  libraries: Readonly<Record<string, string>>,
): PageBundle {
  const files = new Map<string, PageFile>();
  const add = (type: keyof typeof mediaTypes, stem: string, text: string) => {
    const file = pageFile(type, text);
    const name = `${stem}.${file.etag.slice(3, 3 + hashDigits)}.${type}`;
    files.set(name, file);
    return `ui/${name}`;
  };
  const icon = add("svg", "icon", sources["icon.svg"]!);
  const styles = Object.entries(sources).filter(([path]) => path.endsWith(".css"));
  const style = add("css", "page", styles.map(([, text]) => compactStyles(text)).join(""));
  const modules = Object.entries(sources).filter(([path]) => path.endsWith(".js"));
  const script = add("js", "page", linkModules(Object.fromEntries(modules), libraries));
  const document = sources["index.html"]!.replace(
    placeholder,
    [
      `<link rel="icon" type="image/svg+xml" href="${icon}">`,
      `<link rel="stylesheet" href="${style}">`,
      `<script type="module" src="${script}"></script>`,
    ].join("\n    "),
  );
  return { document: pageFile("html", document), files };
}

/** Styles without comments and white space: no text of theirs has braces, commas, semicolons or colons. */
function compactStyles(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, "").replace(/\s+/g, " ")
    .replace(/ ?([{};,]) ?/g, "$1").replaceAll(": ", ":").replaceAll(";}", "}");
}

function pageFile(type: keyof typeof mediaTypes, text: string): PageFile {
  const bytes = new TextEncoder().encode(text);
  const hash = crypto.createHash("sha256").update(bytes).digest("hex");
  return {
    type: mediaTypes[type],
    bytes,
    gzip: new Uint8Array(gzipSync(bytes, { level: 9 })),
    etag: `W/"${hash}"`,
  };
}
