/**
 * Content that is not one record a line: what people have by mistake.
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { lineOf } from "./history.ts";

/** Some content, and what is said about it. */
export interface WrongContent {
  /** What it is. */
  name: string;
  /** Its bytes. */
  bytes: Uint8Array<ArrayBuffer>;
  /** What messages call it. */
  what: string;
  /** What messages name as a help. */
  help: string;
}

const lines = [1, 2, 3].map((n) => lineOf(n)).join("");

/** All of it. */
export function contents(): WrongContent[] {
  const records = lines.trimEnd().split("\n");
  const pretty = records.map((line) => JSON.stringify(JSON.parse(line), null, 2)).join("\n");
  const returns = { what: "text whose lines end with CR alone", help: "tr '\\r' '\\n'" };
  const spread = {
    what: "JSON spread over several lines (pretty-printed)",
    help: "jq -c .",
  };
  const array = { what: "a JSON array", help: "jq -c '.[]'" };
  const html = { what: "HTML", help: "Look at it" };
  const le = { what: "UTF-16 (little-endian) text" };
  const be = { what: "UTF-16 (big-endian) text" };
  return [
    {
      name: "UTF-16 LE with a mark",
      bytes: utf16(`\ufeff${lines}`, true),
      ...le,
      help: "-f UTF-16 ",
    },
    {
      name: "UTF-16 BE with a mark",
      bytes: utf16(`\ufeff${lines}`, false),
      ...be,
      help: "-f UTF-16 ",
    },
    { name: "UTF-16 LE without a mark", bytes: utf16(lines, true), ...le, help: "-f UTF-16LE" },
    { name: "UTF-16 BE without a mark", bytes: utf16(lines, false), ...be, help: "-f UTF-16BE" },
    { name: "gzip", bytes: new Uint8Array(gzipSync(lines)), what: "gzip data", help: "gzip -dc" },
    {
      name: "zstd",
      bytes: binary("\x28\xb5\x2f\xfd\x04\x00"),
      what: "zstd data",
      help: "zstd -dc",
    },
    { name: "xz", bytes: binary("\xfd7zXZ\x00\x00\x04"), what: "xz data", help: "xz -dc" },
    { name: "bzip2", bytes: binary("BZh91AY&SY"), what: "bzip2 data", help: "bzip2 -dc" },
    { name: "zip", bytes: binary("PK\x03\x04\x14\x00"), what: "a zip archive", help: "unzip -p" },
    {
      name: "tar",
      bytes: binary(`july.ndjson${"\0".repeat(246)}ustar  \0${"\0".repeat(247)}${lines}`),
      what: "a tar archive",
      help: "tar -xOf -",
    },
    {
      name: "a SQLite database",
      bytes: binary(`SQLite format 3\0\x10\0`),
      what: "a SQLite database",
      help: "eventodb serve",
    },
    { name: "a JSON array", bytes: text(`[${records.join(",")}]`), ...array },
    {
      name: "a JSON array of lines",
      bytes: text(`\ufeff [\n${records.join(",\n")}\n]\n`),
      ...array,
    },
    { name: "pretty-printed JSON", bytes: text(pretty), ...spread },
    { name: "CR line ends", bytes: text(lines.replaceAll("\n", "\r")), ...returns },
    {
      name: "CR line ends of long lines",
      bytes: text(
        [1, 2].map((n) => lineOf(n, { data: { text: "x".repeat(3000) } }).trim()).join("\r"),
      ),
      ...returns,
    },
    {
      name: "CSV",
      bytes: text("id,stream,type,pos,gpos\n1,a-1,T,0,1\n"),
      what: "CSV",
      help: "eventodb export",
    },
    {
      name: "CSV with semicolons",
      bytes: text('"id";"stream";"type"\r\n"1";"a-1";"T"\r\n'),
      what: "CSV",
      help: "eventodb export",
    },
    {
      name: "a table with tabs",
      bytes: text("id\tstream\ttype\n1\ta-1\tT\n"),
      what: "a table (tab-separated)",
      help: "eventodb export",
    },
    { name: "HTML", bytes: text("\r\n<!DOCTYPE html>\n<html><body>Log in</body></html>"), ...html },
    { name: "HTML of a proxy", bytes: text("<html><h1>502 Bad Gateway</h1></html>\n"), ...html },
    { name: "XML", bytes: text('<?xml version="1.0"?>\n<a/>'), what: "XML", help: "" },
    {
      name: "binary data",
      bytes: binary("\x7fELF\x02\x01\x01\0\0"),
      what: "binary data",
      help: "",
    },
  ];
}

function text(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(content);
}

function binary(content: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(content, (char) => char.charCodeAt(0));
}

function utf16(content: string, littleEndian: boolean): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(content.length * 2));
  for (let i = 0; i < content.length; i++) {
    view.setUint16(2 * i, content.charCodeAt(i), littleEndian);
  }
  return new Uint8Array(view.buffer);
}
