import { runSeed, sized } from '../../../helpers/sized';
import { withExecutor } from '../executor/with-executor';
import { seededRandom } from './history/seeded-random';
import { createItemsWorkflow, findDueWork, handleDueWork, runWorkflow, type DueWork } from './workflow-run';

const RUNS = sized({ ci: 10, full: 1_000 });
const ITEMS = 6;
jest.setTimeout(RUNS * 30_000);

const testPlatform = withExecutor();
let workflow: string;
beforeAll(async () => {
  workflow = await createItemsWorkflow(testPlatform, 'notified', ITEMS);
});

/** Each piece of work twice and at once, but for one in five, which is lost; in any order. */
function disturb(due: readonly DueWork[], random: (limit: number) => number): DueWork[] {
  const kept = due.filter(() => random(5) > 0);
  return [...kept, ...kept]
    .map((work) => ({ work, place: random(1_000) }))
    .sort((a, b) => a.place - b.place)
    .map(({ work }) => work);
}

test('DU-07 lost, repeated and reordered notifications change no result', async () => {
  const db = testPlatform.db();
  const clean = await runWorkflow(testPlatform, workflow, async () => {
    for (const work of await findDueWork(db)) await handleDueWork(db, work);
  });
  expect(clean.attempts).toEqual(Array(ITEMS + 2).fill(1));

  const first = runSeed();
  for (let seed = first; seed < first + RUNS; seed++) {
    const random = seededRandom(seed);
    const disturbed = await runWorkflow(testPlatform, workflow, async () => {
      const works = disturb(await findDueWork(db), random);
      await Promise.all(works.map((work) => handleDueWork(db, work)));
    });

    expect({ seed, ...disturbed }).toEqual({ seed, ...clean });
  }
});
