// Spec: every list of components has exactly its rows, in order, with what they were given.
import { claim } from '../../../../helpers/scenario/claim';
import { COMPONENT_LISTS } from '../../support/lists/component-lists';
import { createListedComponents } from '../../support/lists/components';
import { expectLists } from '../../support/lists/expect-lists';
import { createTwins } from '../../support/lists/tenant-twins';

claim('T3.32b', ['core', 'tenants', 'clock.virtual'], 'each list of components has its rows', async (ctx) => {
  const components = await createTwins(ctx, createListedComponents);
  await expectLists(components, COMPONENT_LISTS);
});
