/**
 * MD5 (RFC 1321), which Message DB's consumer groups are defined by; nothing secret rests on it.
 *
 * Our own: loading `node:crypto` takes a command or a worker about as long as all else that it loads, and for names
 * this is faster.
 *
 * @module
 */

const blockBytes = 64;
/** The length of the text, in bits, ends the last block. */
const lengthBytes = 8;

/** How far each of four steps in a row rotates, by round. */
const rotations = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]] as const;
/** What each of the 64 steps does: the word of the block that it adds, its constant and its rotation. */
const wordOfStep = new Uint8Array(64);
const constants = new Int32Array(64);
const rotationOfStep = new Uint8Array(64);
for (let step = 0; step < 64; step++) {
  const round = step >> 4;
  wordOfStep[step] = [step, 5 * step + 1, 3 * step + 5, 7 * step][round]! & 15;
  constants[step] = Math.floor(2 ** 32 * Math.abs(Math.sin(step + 1)));
  rotationOfStep[step] = rotations[round]![step & 3]!;
}

const encoder = new TextEncoder();
/** The blocks of a text, for most texts; one text is done before the next. */
const bufferBytes = 4 * blockBytes;
const buffer = new Uint8Array(bufferBytes);
const bufferView = new DataView(buffer.buffer);
const words = new Int32Array(16);
const state = new Int32Array(4);

/**
 * The MD5 of a text.
 *
 * @param text Any text, taken as UTF-8.
 * @returns 16 bytes.
 */
export function md5(text: string): DataView<ArrayBuffer> {
  // UTF-8 has at most three bytes for each code unit.
  const bytesMax = 3 * text.length + 1 + lengthBytes + blockBytes;
  const bytes = bytesMax > bufferBytes ? new Uint8Array(bytesMax) : buffer;
  const view = bytes === buffer ? bufferView : new DataView(bytes.buffer);
  const { written } = encoder.encodeInto(text, bytes);
  const end = Math.ceil((written + 1 + lengthBytes) / blockBytes) * blockBytes;
  bytes[written] = 0x80;
  bytes.fill(0, written + 1, end);
  const lengthAt = end - lengthBytes;
  view.setUint32(lengthAt, written << 3, true);
  view.setUint32(lengthAt + 4, written >>> 29, true);
  state[0] = 0x67452301;
  state[1] = 0xefcdab89;
  state[2] = 0x98badcfe;
  state[3] = 0x10325476;
  for (let start = 0; start < end; start += blockBytes) addBlock(view, start);
  const digest = new DataView(new ArrayBuffer(16));
  for (let i = 0; i < 4; i++) digest.setInt32(4 * i, state[i]!, true);
  return digest;
}

/** All indexes are below the lengths of the arrays, which are fixed. */
function addBlock(view: DataView, start: number): void {
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(start + 4 * i, true);
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  for (let step = 0; step < 64; step++) {
    let mixed: number;
    if (step < 16) mixed = (b & c) | (~b & d);
    else if (step < 32) mixed = (d & b) | (~d & c);
    else if (step < 48) mixed = b ^ c ^ d;
    else mixed = c ^ (b | ~d);
    const sum = (a + mixed + constants[step]! + words[wordOfStep[step]!]!) | 0;
    const rotation = rotationOfStep[step]!;
    a = d;
    d = c;
    c = b;
    b = (b + (sum << rotation | sum >>> (32 - rotation))) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
}
