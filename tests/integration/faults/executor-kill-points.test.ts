import { sized } from '../../../helpers/sized';
import type { Database } from '../../../platform/store/database/connection';
import { withExecutor } from '../executor/with-executor';
import { ProcessDied, dieAt, type Moment } from './crashing-database';
import { createItemsWorkflow, findDueWork, handleDueWork, runWorkflow } from './workflow-run';

jest.setTimeout(sized({ ci: 900_000, full: 7_200_000 }));

const ITEMS = sized({ ci: 6, full: 500 });
/** Of the commits of a long run so many are tried, evenly spread. */
const MOST_POINTS = 60;

const testPlatform = withExecutor();
let workflow: string;
beforeAll(async () => {
  workflow = await createItemsWorkflow(testPlatform, 'killed', ITEMS);
});

/** Runs the workflow on an executor that dies; one that does not die takes over. */
async function runOn(executor: Database) {
  let db = executor;
  const turn = async (): Promise<void> => {
    for (const work of await findDueWork(db)) await handleDueWork(db, work);
  };
  return runWorkflow(testPlatform, workflow, () =>
    turn().catch((error: unknown) => {
      if (!(error instanceof ProcessDied)) throw error;
      db = testPlatform.db();
    }),
  );
}

test('DU-02 an executor that dies at any commit changes no result', async () => {
  const whole = dieAt(testPlatform.db(), Infinity, 'after');
  const clean = await runOn(whole);
  expect(clean.attempts).toEqual(Array(ITEMS + 2).fill(1));

  for (let at = 1; at <= whole.count(); at += Math.ceil(whole.count() / MOST_POINTS)) {
    for (const moment of ['before', 'after'] satisfies Moment[]) {
      const killed = await runOn(dieAt(testPlatform.db(), at, moment));

      expect({ at, moment, ...killed }).toEqual({ at, moment, ...clean });
    }
  }
});
