import { setTimeout as pause } from 'node:timers/promises';
import { runInCopies } from '../../../tools/detection/run/in-copies';

test('each copy runs one item at a time; results have the order of the items', async () => {
  const running = new Set<string>();
  const used = new Set<string>();
  const results = await runInCopies(['a', 'b'], [30, 0, 10, 0], async (copy, ms) => {
    expect(running.has(copy)).toBe(false);
    running.add(copy);
    used.add(copy);
    await pause(ms);
    running.delete(copy);
    return ms + 1;
  });
  expect([results, [...used]]).toEqual([
    [31, 1, 11, 1],
    ['a', 'b'],
  ]);
});

test('after an error no further item starts, and those that run are waited for', async () => {
  const ended: number[] = [];
  const run = runInCopies(['a', 'b'], [1, 2, 3], async (_copy, item) => {
    await pause(item === 2 ? 20 : 0);
    if (item === 1) throw new Error('item 1');
    ended.push(item);
  });
  await expect(run).rejects.toThrow('item 1');
  expect(ended).toEqual([2]);
});
