// Spec: an update changes the fields that it names, and leaves every other one as it was.
import { claim } from '../../../../helpers/scenario/claim';
import { COMPONENT_UPDATES } from '../../support/updates/component-updates';
import { OBJECT_UPDATES } from '../../support/updates/object-updates';
import { expectUpdates } from '../../support/updates/update-table';

claim('T3.38a', ['core', 'rbac'], 'an update of a component changes what it names alone', async (ctx) => {
  await expectUpdates({ ctx, pack: await ctx.ownPack() }, COMPONENT_UPDATES);
});

claim('T3.38b', ['core', 'rbac'], 'an update of an object changes what it names alone', async (ctx) => {
  await expectUpdates({ ctx, pack: await ctx.ownPack() }, OBJECT_UPDATES);
});
