/**
 * Sizes of millions of things in a few kilobytes: exact up to 4 KiB, within 1/64 beyond.
 *
 * The buckets are those of HdrHistogram: a power of two, divided evenly.
 *
 * @module
 */

const exactBelow = 4096;
const partsOfPower = 64;

/** Counts sizes. */
export class SizeHistogram {
  /** How many sizes. */
  count = 0;
  /** The largest. */
  largest = 0;
  readonly #buckets = new Map<number, number>();

  /** Adds a size. @param size A whole number from 0 on. */
  add(size: number): void {
    this.count++;
    if (size > this.largest) this.largest = size;
    const bucket = bucketOf(size);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
  }

  /** Adds the sizes of another one. @param sizes The other one. */
  addAll(sizes: SizeHistogram): void {
    this.count += sizes.count;
    this.largest = Math.max(this.largest, sizes.largest);
    for (const [bucket, count] of sizes.#buckets) {
      this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
    }
  }

  /**
   * The size below or at which a share of all sizes lies (nearest rank).
   *
   * @param share The share, above 0, at most 1: 0.5 for the median.
   * @returns The size; 0 where there is none.
   */
  quantile(share: number): number {
    let left = Math.ceil(share * this.count);
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return Math.min(bucket, this.largest);
    }
    return 0;
  }
}

/** The lower bound of the bucket that holds a size. */
function bucketOf(size: number): number {
  if (size < exactBelow) return size;
  const step = 2 ** Math.floor(Math.log2(size)) / partsOfPower;
  return Math.floor(size / step) * step;
}
