/**
 * Reading ahead: while one chunk is dealt with, the next ones are on their way.
 *
 * @module
 */

/**
 * Asks a generator for what comes next before it is wanted.
 *
 * @param chunks What is read.
 * @param countMax Most chunks that are asked for and not yet taken.
 * @returns The same chunks; what fails shows where it would have come.
 */
export async function* readAhead<T>(
  chunks: AsyncGenerator<T>,
  countMax: number,
): AsyncGenerator<T> {
  const asked: Promise<IteratorResult<T>>[] = [];
  const ask = () => {
    const next = chunks.next();
    // Its failure is thrown where its result is awaited.
    next.catch(() => {});
    asked.push(next);
  };
  try {
    while (asked.length < countMax) ask();
    while (true) {
      const { value, done } = await asked.shift()!;
      if (done) return;
      ask();
      yield value;
    }
  } finally {
    await chunks.return(undefined).catch(() => {});
  }
}
