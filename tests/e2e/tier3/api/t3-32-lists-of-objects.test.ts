// Spec: every filter, pair of filters and page of a list of objects has its rows, in order.
import { claim } from '../../../../helpers/scenario/claim';
import { expectLists } from '../../support/lists/expect-lists';
import { OBJECT_LISTS } from '../../support/lists/object-lists';
import { createListedObjects } from '../../support/lists/objects';
import { createTwins } from '../../support/lists/tenant-twins';

const NEEDS = ['core', 'tenants', 'clock.virtual'];

claim('T3.32c', NEEDS, 'each list of inquiries, keys and artifacts has its rows', async (ctx) => {
  await expectLists(await createTwins(ctx, createListedObjects), OBJECT_LISTS);
});
