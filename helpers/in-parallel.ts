/** Calls `one` `count` times, `width` at a time. */
export async function inParallel(count: number, width: number, one: () => Promise<unknown>): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: width }, lane));
}
