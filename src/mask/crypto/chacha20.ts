/**
 * ChaCha20 (RFC 8439, 2.3): random bytes of a key, without a nonce.
 *
 * `@noble/ciphers` has it too: its call takes as long as three blocks, for its checks and the objects that it
 * makes, and a block three times as long as here, since it combines one with data that we do not have. A test
 * holds this against that library.
 *
 * @module
 */

/** Numbers of 32 bits in a block. */
export const chachaBlockWords = 16;

const constant0 = 0x61707865;
const constant1 = 0x3320646e;
const constant2 = 0x79622d32;
const constant3 = 0x6b206574;

/**
 * Computes a block, with the names of the standard.
 *
 * @param key Eight words, each with its bytes in little-endian order.
 * @param counter The block's number, from 0.
 * @param output Takes the block's 16 words, each with its bytes in little-endian order.
 */
export function chachaBlock(key: Int32Array, counter: number, output: Int32Array): void {
  let [x0, x1, x2, x3] = [constant0, constant1, constant2, constant3];
  let [x4, x5, x6, x7] = [key[0]!, key[1]!, key[2]!, key[3]!];
  let [x8, x9, xa, xb] = [key[4]!, key[5]!, key[6]!, key[7]!];
  let [xc, xd, xe, xf] = [counter, 0, 0, 0];
  // Quarter rounds in full: sixteen variables are no array, and a function could not return four.
  for (let round = 0; round < 20; round += 2) {
    xc ^= x0 = x0 + x4 | 0;
    x4 ^= x8 = x8 + (xc = xc << 16 | xc >>> 16) | 0;
    xc ^= x0 = x0 + (x4 = x4 << 12 | x4 >>> 20) | 0;
    x4 ^= x8 = x8 + (xc = xc << 8 | xc >>> 24) | 0;
    x4 = x4 << 7 | x4 >>> 25;
    xd ^= x1 = x1 + x5 | 0;
    x5 ^= x9 = x9 + (xd = xd << 16 | xd >>> 16) | 0;
    xd ^= x1 = x1 + (x5 = x5 << 12 | x5 >>> 20) | 0;
    x5 ^= x9 = x9 + (xd = xd << 8 | xd >>> 24) | 0;
    x5 = x5 << 7 | x5 >>> 25;
    xe ^= x2 = x2 + x6 | 0;
    x6 ^= xa = xa + (xe = xe << 16 | xe >>> 16) | 0;
    xe ^= x2 = x2 + (x6 = x6 << 12 | x6 >>> 20) | 0;
    x6 ^= xa = xa + (xe = xe << 8 | xe >>> 24) | 0;
    x6 = x6 << 7 | x6 >>> 25;
    xf ^= x3 = x3 + x7 | 0;
    x7 ^= xb = xb + (xf = xf << 16 | xf >>> 16) | 0;
    xf ^= x3 = x3 + (x7 = x7 << 12 | x7 >>> 20) | 0;
    x7 ^= xb = xb + (xf = xf << 8 | xf >>> 24) | 0;
    x7 = x7 << 7 | x7 >>> 25;
    xf ^= x0 = x0 + x5 | 0;
    x5 ^= xa = xa + (xf = xf << 16 | xf >>> 16) | 0;
    xf ^= x0 = x0 + (x5 = x5 << 12 | x5 >>> 20) | 0;
    x5 ^= xa = xa + (xf = xf << 8 | xf >>> 24) | 0;
    x5 = x5 << 7 | x5 >>> 25;
    xc ^= x1 = x1 + x6 | 0;
    x6 ^= xb = xb + (xc = xc << 16 | xc >>> 16) | 0;
    xc ^= x1 = x1 + (x6 = x6 << 12 | x6 >>> 20) | 0;
    x6 ^= xb = xb + (xc = xc << 8 | xc >>> 24) | 0;
    x6 = x6 << 7 | x6 >>> 25;
    xd ^= x2 = x2 + x7 | 0;
    x7 ^= x8 = x8 + (xd = xd << 16 | xd >>> 16) | 0;
    xd ^= x2 = x2 + (x7 = x7 << 12 | x7 >>> 20) | 0;
    x7 ^= x8 = x8 + (xd = xd << 8 | xd >>> 24) | 0;
    x7 = x7 << 7 | x7 >>> 25;
    xe ^= x3 = x3 + x4 | 0;
    x4 ^= x9 = x9 + (xe = xe << 16 | xe >>> 16) | 0;
    xe ^= x3 = x3 + (x4 = x4 << 12 | x4 >>> 20) | 0;
    x4 ^= x9 = x9 + (xe = xe << 8 | xe >>> 24) | 0;
    x4 = x4 << 7 | x4 >>> 25;
  }
  output[0] = x0 + constant0;
  output[1] = x1 + constant1;
  output[2] = x2 + constant2;
  output[3] = x3 + constant3;
  output[4] = x4 + key[0]!;
  output[5] = x5 + key[1]!;
  output[6] = x6 + key[2]!;
  output[7] = x7 + key[3]!;
  output[8] = x8 + key[4]!;
  output[9] = x9 + key[5]!;
  output[10] = xa + key[6]!;
  output[11] = xb + key[7]!;
  output[12] = xc + counter;
  output[13] = xd;
  output[14] = xe;
  output[15] = xf;
}
