/**
 * The blocks of a document that are set off by three backticks.
 *
 * @module
 */

import { checkout, documents } from "./documents.ts";

/** A block, and where it stands. */
export interface FencedBlock {
  /** The document. */
  path: string;
  /** The line of its first backticks, from 1. */
  line: number;
  /** What follows the backticks, such as `sh`. */
  language: string;
  /** The text in it, without the indentation of the block. */
  text: string;
}

/**
 * Finds blocks.
 *
 * @param path One document. Default: all of them.
 * @returns The blocks, in order.
 */
export function fencedBlocks(path?: string): FencedBlock[] {
  return (path === undefined ? documents() : [path]).flatMap((path) => {
    const markdown = Deno.readTextFileSync(`${checkout}${path}`);
    return [...markdown.matchAll(/^( *)```(.*)\n((?:.*\n)*?)\1```$/gm)].map((match) => {
      const [, indent, language, text] = match;
      return {
        path,
        line: markdown.slice(0, match.index).split("\n").length,
        language: language!,
        text: text!.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      };
    });
  });
}
