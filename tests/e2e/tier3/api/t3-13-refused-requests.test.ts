// Spec: a request that contradicts itself, or names nothing, is refused and stores nothing.
import { rejectionStatus } from '../../../../helpers/client/rejection-status';
import { claim } from '../../../../helpers/scenario/claim';
import { createTestTenant } from '../../../../helpers/scenario/resources/test-tenant';
import type { Parameters } from '../../../../helpers/scenario/resources/workflow-task';
import { createChangeableSet } from '../../support/matrix/changeable-set';

const NEEDS = ['rbac', 'tenants'];
const of = (actions: string[], constraints: Parameters) => ({ resource: 'keys', actions, constraints });

/** Grants that a set is refused. */
const GRANTS: Readonly<Record<string, Parameters>> = {
  'no actions': { resource: 'keys', actions: [] },
  'an action of another resource': { resource: 'keys', actions: ['read', 'execute'] },
  'an unknown resource': { resource: 'doors', actions: ['read'] },
  'no resource': { actions: ['read'] },
  'one action as a text': { resource: 'keys', actions: 'read' },
  'packs and refs': of(['read'], { pack_refs: ['a'], refs: ['a.b'] }),
  'an unknown constraint': of(['read'], { packs: ['a'] }),
};

claim('T3.13g', NEEDS, 'a request that contradicts itself or names nothing is refused', async (ctx) => {
  const { client, adminId, login } = await createTestTenant(ctx, 'own');
  const { permissions } = client;
  const set = await createChangeableSet(client, `${ctx.facts.directory}/fixtures`);
  const { id, ref } = await client.identities
    .create({ login: `${ctx.name('person')}@example.test` })
    .then((identity) => ({ id: identity.id, ref: identity.login }));
  const before = await permissions.sets();
  const assign = (identity: object) => permissions.assign({ ...identity, permission_set_ref: set.ref });
  const identities: Readonly<Record<string, object>> = {
    'by nothing': {},
    'by null': { identity_id: null, identity_login: null },
    'by its id and its login': { identity_id: id, identity_login: ref },
    'by two identities': { identity_id: id, identity_login: login },
  };
  const statuses: Record<string, number | null> = {};

  for (const [name, grant] of Object.entries(GRANTS)) {
    statuses[name] = await rejectionStatus(permissions.updateSet(set.id, { label: 'other', grants: [grant] }));
  }
  for (const [name, identity] of Object.entries(identities)) statuses[name] = await rejectionStatus(assign(identity));

  const names = [...Object.keys(GRANTS), ...Object.keys(identities)];
  expect(statuses).toEqual(Object.fromEntries(names.map((name) => [name, 400])));
  expect(await permissions.sets()).toEqual(before);
  const assigned = await Promise.all([id, adminId].map((identity) => client.identities.get(identity)));
  const setsOf = assigned.map(({ direct_permissions }) => direct_permissions.map((each) => each.permission_set_ref));
  expect(setsOf).toEqual([[], ['core.admin']]);
});
