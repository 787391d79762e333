/** Runs `work` for every item, at most `width` at a time; the results keep the order. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]!);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

/** Calls `task` `count` times, at most `width` calls at a time. */
export async function inParallel(count: number, width: number, task: () => Promise<unknown>): Promise<void> {
  await mapConcurrently([...Array(count).keys()], width, task);
}
