/**
 * Modules without comments and white space: names stay but for private ones, and so does what stands in strings,
 * templates and regular expressions. It relies on what `deno fmt` sees to, that every statement ends with a semicolon.
 *
 * @module
 */

/** After these words a slash begins a regular expression; after others it divides. */
const beforeExpression =
  /(?:^|[^\w$.])(?:return|typeof|case|in|of|else|do|void|yield|await|throw|new|delete)$/;

const wordCharacter = /[\w$#@\\\u0080-\uffff]/;
const wordAt = /[\w$#@\\\u0080-\uffff]+/y;

/**
 * @param source The text of a module that `deno fmt` has formatted.
 * @returns The same program.
 */
export function compactModule(source: string): string {
  return new Compactor(source).run();
}

class Compactor {
  readonly #source: string;
  /** What private names are called. */
  readonly #privateNames = new Map<string, string>();
  #at = 0;
  #out = "";
  /** Whether white space was left out since the last character, and whether there was a line end in it. */
  #space: "" | " " | "\n" = "";

  constructor(source: string) {
    this.#source = source;
  }

  run(): string {
    this.#code();
    return this.#out;
  }

  /** Copies code up to the end, or to the brace that closes a template's `${`. */
  #code(): void {
    let depth = 0;
    for (; this.#at < this.#source.length; this.#at++) {
      const char = this.#source[this.#at]!;
      if (/\s/.test(char)) this.#skip(char);
      else if (char === "/" && this.#source[this.#at + 1] === "/") this.#comment("\n");
      else if (char === "/" && this.#source[this.#at + 1] === "*") this.#comment("*/");
      else if (char === '"' || char === "'") this.#copy(this.#quoted(char));
      else if (char === "`") this.#template();
      else if (char === "/" && this.#beginsExpression()) this.#copy(this.#regularExpression());
      else if (wordCharacter.test(char)) this.#word();
      else {
        if (char === "{") depth++;
        if (char === "}" && depth-- === 0) return;
        // The last statement of a block needs no end.
        if (char === "}" && this.#out.endsWith(";")) this.#out = this.#out.slice(0, -1);
        this.#copy(char);
      }
    }
  }

  #skip(space: string): void {
    if (space === "\n") this.#space = "\n";
    else if (this.#space === "") this.#space = " ";
  }

  /** Leaves a comment out: it separates as white space does. */
  #comment(end: "\n" | "*/"): void {
    const found = this.#source.indexOf(end, this.#at + 2);
    const after = found < 0 ? this.#source.length : found + end.length;
    for (const char of this.#source.slice(this.#at, after)) {
      if (char === "\n") this.#skip(char);
    }
    this.#skip(" ");
    this.#at = after - 1;
  }

  /** Copies a word. What is constant has been checked, and one word for both is shorter. */
  #word(): void {
    wordAt.lastIndex = this.#at;
    const [word] = wordAt.exec(this.#source)!;
    const isConstant = word === "const" && !this.#out.endsWith(".") &&
      this.#source[this.#at + word.length] !== ":";
    this.#copy(
      isConstant ? "let" : word.startsWith("#") ? this.#privateName(word) : word,
      word.length,
    );
  }

  #privateName(name: string): string {
    const count = this.#privateNames.size;
    const short = this.#privateNames.get(name) ??
      `#${String.fromCharCode(97 + count % 26)}${count < 26 ? "" : count}`;
    this.#privateNames.set(name, short);
    return short;
  }

  /** Writes a token that begins here, after the white space that it needs. */
  #copy(text: string, length = text.length): void {
    const [before = "", next = ""] = [this.#out.at(-1), text[0]];
    const isBetweenWords = wordCharacter.test(before) && wordCharacter.test(next);
    // `a - -b` is not `a--b`, and `a / /b/` no comment.
    if (isBetweenWords || before === next && /[+\-/]/.test(next)) this.#out += this.#space;
    // The last comma of a list.
    if (before === "," && /[)\]}]/.test(next)) this.#out = this.#out.slice(0, -1);
    this.#out += text;
    this.#space = "";
    this.#at += length - 1;
  }

  #quoted(quote: string): string {
    let end = this.#at + 1;
    while (this.#source[end] !== quote) end += this.#source[end] === "\\" ? 2 : 1;
    return this.#source.slice(this.#at, end + 1);
  }

  #regularExpression(): string {
    let end = this.#at + 1;
    for (let isInClass = false; isInClass || this.#source[end] !== "/"; end++) {
      const char = this.#source[end];
      if (char === "\\") end++;
      else if (char === "[") isInClass = true;
      else if (char === "]") isInClass = false;
    }
    return this.#source.slice(this.#at, end + 1);
  }

  #beginsExpression(): boolean {
    const before = this.#out.at(-1) ?? ";";
    return !/[\w$)\]}"'`]/.test(before) || beforeExpression.test(this.#out.slice(-12));
  }

  /** Copies a template. */
  #template(): void {
    const isMarkup = /(?:^|[^\w$])html$/.test(this.#out);
    this.#copy("`");
    let text = "";
    const flush = () => {
      this.#out += isMarkup ? compactMarkup(text) : text;
      text = "";
    };
    for (this.#at++; this.#source[this.#at] !== "`"; this.#at++) {
      const char = this.#source[this.#at]!;
      if (char === "\\") text += char + this.#source[++this.#at];
      else if (char === "$" && this.#source[this.#at + 1] === "{") {
        text += "${";
        flush();
        this.#at += 2;
        this.#space = "";
        this.#code();
        this.#space = "";
        text = "}";
      } else text += char;
    }
    text += "`";
    flush();
  }
}

/**
 * Leaves out of a template's text, or of a part between two values, what `htm` leaves out by itself: indentation, and
 * the ends of lines beside tags and values.
 */
function compactMarkup(text: string): string {
  return text.replace(/\s*\n\s*/g, "\n").replace(/(^|[>}])\n(?=<|`$|\$\{$)/g, "$1");
}
