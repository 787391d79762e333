/**
 * Runs the items, in each copy of the project one at a time. Returns their results in the order of
 * the items. After an error no further item starts; those that run are waited for.
 */
export async function runInCopies<C, T, R>(
  copies: readonly C[],
  items: readonly T[],
  run: (copy: C, item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const errors: unknown[] = [];
  const waiting = items.entries();
  const runIn = async (copy: C): Promise<void> => {
    for (const [n, item] of waiting) {
      if (errors.length > 0) return;
      await run(copy, item).then(
        (result) => (results[n] = result),
        (error: unknown) => errors.push(error),
      );
    }
  };
  await Promise.all(copies.map(runIn));
  if (errors.length > 0) throw errors[0];
  return results;
}
