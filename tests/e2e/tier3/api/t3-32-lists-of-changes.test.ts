// Spec: every filter and page of a history and of decisions has exactly its rows, in order.
import { claim } from '../../../../helpers/scenario/claim';
import { CHANGE_LISTS } from '../../support/lists/change-lists';
import { createListedChanges } from '../../support/lists/changes';
import { expectLists } from '../../support/lists/expect-lists';
import { createTwins } from '../../support/lists/tenant-twins';

const NEEDS = ['core', 'tenants', 'clock.virtual', 'executions.history', 'rules.decisions', 'workers.lifecycle'];

claim('T3.32e', NEEDS, 'each list of histories and decisions has its rows', async (ctx) => {
  await expectLists(await createTwins(ctx, createListedChanges), CHANGE_LISTS);
});
