// Spec: every list of permission sets and of pack tests has exactly its rows, in order.
import { claim } from '../../../../helpers/scenario/claim';
import { expectLists } from '../../support/lists/expect-lists';
import { PACK_PART_LISTS } from '../../support/lists/pack-part-lists';
import { createListedPackParts } from '../../support/lists/pack-parts';
import { createTwins } from '../../support/lists/tenant-twins';

const NEEDS = ['core', 'tenants', 'clock.virtual'];

claim('T3.32f', NEEDS, 'each list of permission sets and pack tests has its rows', async (ctx) => {
  await expectLists(await createTwins(ctx, createListedPackParts), PACK_PART_LISTS);
});
