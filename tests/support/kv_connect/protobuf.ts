/**
 * As much of the protobuf encoding as KV Connect needs: varints and fields with a length.
 *
 * @module
 */

/** A field's value: a varint, or bytes. */
export type FieldValue = number | Uint8Array<ArrayBuffer>;

/** Goes through the fields of a message. */
export function* fieldsOf(
  bytes: Uint8Array<ArrayBuffer>,
): Generator<[field: number, value: FieldValue]> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1;; factor *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    if ((tag & 7) === 0) yield [tag >>> 3, varint()];
    else if ((tag & 7) === 2) {
      const length = varint();
      yield [tag >>> 3, bytes.subarray(at, at += length)];
    } else throw new Error(`The wire type ${tag & 7} is not known`);
  }
}

/** A message as a map of its fields; a repeated one's last value wins. */
export function messageOf(bytes: Uint8Array<ArrayBuffer>): Map<number, FieldValue> {
  return new Map(fieldsOf(bytes));
}

/** Bytes of a field; none where it is absent. */
export function bytesOf(message: Map<number, FieldValue>, field: number): Uint8Array<ArrayBuffer> {
  const value = message.get(field);
  return value instanceof Uint8Array ? value : new Uint8Array();
}

/** Number of a field; 0 where it is absent. */
export function numberOf(message: Map<number, FieldValue>, field: number): number {
  return Number(message.get(field) ?? 0);
}

/** Writes a message. */
export class MessageWriter {
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;

  /** Adds a number. */
  number(field: number, value: number): this {
    return this.#add(varint(field << 3), varint(value));
  }

  /** Adds bytes, or a message. */
  bytes(field: number, value: Uint8Array<ArrayBuffer>): this {
    return this.#add(varint((field << 3) | 2), varint(value.length), value);
  }

  /** The message. */
  finish(): Uint8Array<ArrayBuffer> {
    const message = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      message.set(part, at);
      at += part.length;
    }
    return message;
  }

  #add(...parts: Uint8Array<ArrayBuffer>[]): this {
    for (const part of parts) this.#length += part.length;
    this.#parts.push(...parts);
    return this;
  }
}

function varint(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  bytes.push(value);
  return new Uint8Array(bytes);
}
