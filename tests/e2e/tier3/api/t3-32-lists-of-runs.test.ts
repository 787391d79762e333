// Spec: every filter, pair of filters and page of a list has exactly its rows, in order.
import { claim } from '../../../../helpers/scenario/claim';
import { expectLists } from '../../support/lists/expect-lists';
import { RUN_LISTS } from '../../support/lists/run-lists';
import { createRuns } from '../../support/lists/runs';
import { createTwins } from '../../support/lists/tenant-twins';

const NEEDS = ['core', 'tenants', 'clock.virtual'];

claim('T3.32a', NEEDS, 'each filter and page of executions has its rows', async (ctx) => {
  const runs = await createTwins(ctx, createRuns);
  await expectLists(runs, RUN_LISTS);
});
