/**
 * Reading ahead: while one piece is dealt with, the next ones are on their way.
 *
 * @module
 */

/**
 * Asks a generator for what comes next before it is wanted.
 *
 * @param pieces What is read.
 * @param countMax Most pieces that are asked for and not yet taken.
 * @returns The same pieces; what fails shows where it would have come.
 */
export async function* readAhead<T>(
  pieces: AsyncGenerator<T>,
  countMax: number,
): AsyncGenerator<T> {
  const asked: Promise<IteratorResult<T>>[] = [];
  const ask = () => {
    const next = pieces.next();
    // It is looked at in its turn, and nobody else minds.
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
    await pieces.return(undefined).catch(() => {});
  }
}
