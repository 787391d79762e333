import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '../../../../helpers/client/client';
import { renderPack, uploadFixture } from '../../../../helpers/fixtures/fixture-pack';
import { randomName } from '../../../../helpers/scenario/names';
import { loggedInByToken, type TokenUser } from './granted-callers';
import { ALL_GRANTS, asGrant } from './grant-names';
import { componentOf } from './fixtures';

/** What somebody who lacks one right could use to get it. */
export interface DelegationWorld {
  /** Holds every grant but the one to read the audit log; it manages its own set. */
  readonly manager: TokenUser;
  /** Holds the right. */
  readonly strong: TokenUser;
  /** Hold the right by a role, and by an attribute that a set of the manager names. */
  readonly byRole: TokenUser;
  readonly byAttribute: TokenUser;
  readonly pack: string;
  /** A set with the right, and the set of the manager. */
  readonly sets: { readonly right: string; readonly own: number };
}

/** The right that the manager lacks. */
export const MISSING_RIGHT = 'audit_log:read';

/** One request of a caller. The label makes its new objects its own. */
export type DelegationWay = (
  world: DelegationWorld,
  label: string,
) => { readonly method: 'POST' | 'PUT'; readonly path: string; readonly body: object };

const taskWith = (refs: readonly string[]) => ({
  version: '1.0.0',
  tasks: [{ name: 'one', action: 'core.noop', permission_set_refs: [...refs] }],
});
const component = ({ pack }: DelegationWorld, label: string) => componentOf(pack, label);
const post = (path: string, body: object) => ({ method: 'POST', path, body }) as const;
const put = (path: string, body: object) => ({ method: 'PUT', path, body }) as const;

/** What gives the log-in of an identity. */
const waysToBe = (name: string, other: (world: DelegationWorld) => TokenUser): Record<string, DelegationWay> => ({
  [`the password of ${name}`]: (world) => put(`/identities/${other(world).id}`, { password: `Pass-${randomName(8)}` }),
  [`a token of ${name}`]: (world) => post(`/identities/${other(world).id}/integration-tokens`, { label: 'taken' }),
});

/** Every request that names a permission set, or decides what an identity may do. */
export const DELEGATION_WAYS: Readonly<Record<string, DelegationWay>> = {
  'a new action': (world, label) =>
    post('/actions', {
      ...component(world, `action-${label}`),
      entrypoint: 'true',
      default_execution_permission_set_refs: [world.sets.right],
    }),
  'an action': ({ pack, sets }) => put(`/actions/${pack}.act`, { default_execution_permission_set_refs: [sets.right] }),
  'a new rule': (world, label) =>
    post('/rules', {
      ...component(world, `rule-${label}`),
      action_ref: 'core.noop',
      trigger_ref: `${world.pack}.hook`,
      permission_set_refs: [world.sets.right],
    }),
  'a rule': ({ pack, sets }) => put(`/rules/${pack}.rule`, { permission_set_refs: [sets.right] }),
  'a new queue': ({ sets }, label) =>
    post('/queues', {
      ref: `q-${randomName(8)}-${label}`,
      label,
      dispatch_action_ref: 'core.noop',
      permission_set_refs: [sets.right],
    }),
  'a queue': ({ pack, sets }) => put(`/queues/${pack}-queue`, { permission_set_refs: [sets.right] }),
  'a new workflow': (world, label) =>
    post('/workflows', {
      ...component(world, `flow-${label}`),
      version: '1.0.0',
      definition: taskWith([world.sets.right]),
    }),
  'a workflow': ({ pack, sets }) => put(`/workflows/${pack}.flow`, { definition: taskWith([sets.right]) }),
  'a workflow file': ({ pack, sets }, label) =>
    post(`/packs/${pack}/workflow-files`, {
      name: `file-${label}`,
      pack_ref: pack,
      label,
      version: '1.0.0',
      definition: taskWith([sets.right]),
    }),
  'an execution': ({ sets }) =>
    post('/executions/execute', { action_ref: 'core.noop', permission_set_refs: [sets.right] }),
  'the grants of its own set': ({ sets }) =>
    put(`/permissions/sets/${sets.own}`, { grants: [asGrant(MISSING_RIGHT, null)] }),
  'an assignment': ({ manager, sets }) =>
    post('/permissions/assignments', { identity_id: manager.id, permission_set_ref: sets.right }),
  'a role of its own': ({ manager }) => post(`/identities/${manager.id}/roles`, { role: 'auditors' }),
  'a role of a set': ({ sets }, label) => post(`/permissions/sets/${sets.own}/roles`, { role: `role-${label}` }),
  'an attribute of its own': ({ manager }) => put(`/identities/${manager.id}`, { attributes: { team: 'ops' } }),
  'an attribute of a new identity': (_world, label) =>
    post('/identities', { login: `${randomName(8)}-${label}@example.test`, attributes: { team: 'ops' } }),
  'another value of an attribute': ({ byAttribute }) =>
    put(`/identities/${byAttribute.id}`, { attributes: { team: 'dev' } }),
  'no value of an attribute': ({ byAttribute }) => put(`/identities/${byAttribute.id}`, { attributes: {} }),
  'no attributes': ({ byAttribute }) => put(`/identities/${byAttribute.id}`, { attributes: null }),
  ...waysToBe('another', ({ strong }) => strong),
  ...waysToBe('another with a role', ({ byRole }) => byRole),
  ...waysToBe('another with an attribute', ({ byAttribute }) => byAttribute),
};

/** What the ways change, in a pack that every caller reads. */
async function createTargets(client: Client, pack: string): Promise<void> {
  await client.packs.create({ ref: pack, label: 'open', version: '1.0.0', is_standard: true });
  const of = (name: string) => componentOf(pack, name);
  await client.actions.create({ ...of('act'), entrypoint: 'true', runtime_ref: 'core.shell' });
  await client.triggers.create(of('hook'));
  await client.rules.create({ ...of('rule'), action_ref: 'core.noop', trigger_ref: `${pack}.hook` });
  await client.queues.create({ ref: `${pack}-queue`, label: 'queue', dispatch_action_ref: 'core.noop' });
  await client.workflows.create({ ...of('flow'), version: '1.0.0', definition: taskWith([]) });
}

/** Creates the world in the tenant of this admin. */
export async function createDelegationWorld(client: Client, url: string, directory: string): Promise<DelegationWorld> {
  const { ref } = await uploadFixture(client, 'e2e-rights', `d-${randomName(8)}`, directory);
  const stored = await client.permissions.sets();
  const idOf = (set: string) => stored.find((each) => each.ref === `${ref}.${set}`)!.id;
  const held = ALL_GRANTS.filter((name) => name !== MISSING_RIGHT && name !== 'permissions:manage');
  const ownSet = { ...asGrant('permissions:manage', null), constraints: { refs: [`${ref}.two`] } };
  const ofAttribute = { ...asGrant(MISSING_RIGHT, null), constraints: { attributes: { team: 'ops' } } };
  await client.permissions.updateSet(idOf('one'), { grants: [asGrant(MISSING_RIGHT, null)] });
  await client.permissions.updateSet(idOf('two'), {
    grants: [...held.map((name) => asGrant(name, null)), ownSet],
  });
  await client.permissions.updateSet(idOf('three'), { grants: [ofAttribute] });
  await client.permissions.addSetToRole(idOf('one'), 'auditors');
  const byRole = await loggedInByToken(client, url);
  await client.identities.addRole(byRole.id, 'auditors');
  const byAttribute = await loggedInByToken(client, url, `${ref}.three`);
  await client.identities.update(byAttribute.id, { attributes: { team: 'ops' } });
  const pack = `open-${randomName(8)}`;
  await createTargets(client, pack);
  return {
    manager: await loggedInByToken(client, url, `${ref}.two`, `${ref}.three`),
    strong: await loggedInByToken(client, url, `${ref}.one`),
    byRole,
    byAttribute,
    pack,
    sets: { right: `${ref}.one`, own: idOf('two') },
  };
}

/** Uploads a pack whose file gives one of its permission sets the right to manage tenants. */
export async function uploadTenantSet(client: Client, scratch: string): Promise<void> {
  const [directory, ref] = [mkdtempSync(join(scratch, 'pack-')), `tenants-${randomName(8)}`];
  try {
    renderPack('e2e-rights', ref, directory);
    const grants = [{ resource: 'tenants', actions: ['manage'] }];
    writeFileSync(join(directory, 'permission_sets/one.yaml'), JSON.stringify({ ref: `${ref}.one`, grants }));
    await client.packs.upload(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
