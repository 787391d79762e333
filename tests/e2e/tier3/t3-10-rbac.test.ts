// Spec: a shipped permission set allows exactly its operations; a refused one changes nothing.
import { claim, type Context } from '../../../helpers/scenario/claim';
import type { Client } from '../../../helpers/client/client';
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { GUARDED_OPERATIONS, prepareForRules, type GuardedOperation } from '../support/guarded-operations';
import { createPackKey } from '../../../helpers/scenario/resources/stored-keys';
import { runAction } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createTestUser, createUserClient } from '../../../helpers/scenario/resources/test-users';

const NEEDS = ['rbac'];

/** The operations that each shipped set allows; all others are refused. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'core.admin': GUARDED_OPERATIONS.map(({ grant }) => grant),
  'core.editor': [
    ...['packs:install', 'packs:configure', 'actions:create', 'actions:update', 'actions:execute'],
    ...['rules:create', 'rules:update'],
  ],
  'core.executor': ['actions:execute'],
  'core.viewer': [],
};

/** A pack of the test with what the operations expect in it. */
async function preparePack(ctx: Context): Promise<string> {
  const { ref } = await ctx.ownCopy('e2e');
  await prepareForRules(ctx, ref);
  return ref;
}

/** What an operation does for a user: its status, and whether it had an effect. */
async function attempt(ctx: Context, pack: string, operation: GuardedOperation, client: Client): Promise<string> {
  const { call, effect } = await operation.prepare(ctx, pack);
  const before = await effect();
  const status = await rejectionStatus(call(client));
  const hasChanged = (await effect()) !== before;
  return `${operation.grant} ${status ?? 'done'}${hasChanged ? ', changed' : ''}`;
}

/** The same for all operations, one after the other. */
async function attemptAll(ctx: Context, pack: string, client: Client): Promise<string[]> {
  const outcomes: string[] = [];
  for (const operation of GUARDED_OPERATIONS) outcomes.push(await attempt(ctx, pack, operation, client));
  return outcomes;
}

/** The status of each read; null: it succeeded. */
const statusesOf = async (reads: Readonly<Record<string, () => Promise<unknown>>>) =>
  Object.fromEntries(
    await Promise.all(Object.entries(reads).map(async ([name, read]) => [name, await rejectionStatus(read())])),
  ) as Record<string, number | null>;

const expectedOf = (set: string): string[] =>
  GUARDED_OPERATIONS.map(({ grant }) => `${grant} ${ALLOWED[set]!.includes(grant) ? 'done, changed' : '403'}`);

/** An action, a rule that starts it, and an execution of it that has completed. */
async function createObjects(ctx: Context, pack: string) {
  const action = await createScriptAction(ctx, pack, 'true');
  const rule = `${pack}.seen`;
  const trigger_ref = `${pack}.guarded`;
  await ctx.client.rules.create({ ref: rule, pack_ref: pack, label: 'seen', trigger_ref, action_ref: action });
  const { id: execution } = await runAction(ctx, action);
  return { action, rule, execution };
}

/** The refs of these objects as lists show them, and as they are shown by their refs. */
async function refsShownTo({ packs, actions, rules }: Client, [pack, action, rule]: readonly [string, string, string]) {
  const lists = [await packs.list(), await actions.list(), await rules.list()];
  const listed = [pack, action, rule].filter((each, n) => lists[n]!.some(({ ref }) => ref === each));
  const single = [await packs.get(pack), await actions.get(action), await rules.get(rule)];
  return { listed, single: single.map(({ ref }) => ref) };
}

claim('T3.10a', NEEDS, 'a viewer reads every resource and changes none', async (ctx) => {
  const pack = await preparePack(ctx);
  const { action, rule, execution } = await createObjects(ctx, pack);
  const viewer = await createUserClient(ctx, 'core.viewer');

  const shown = await refsShownTo(viewer, [pack, action, rule]);
  const executions = await viewer.executions.list({ action_ref: action });
  const written = await attemptAll(ctx, pack, viewer);

  expect(shown).toEqual({ listed: [pack, action, rule], single: [pack, action, rule] });
  expect(executions.map(({ id }) => id)).toEqual([execution]);
  expect((await viewer.executions.get(execution)).status).toBe('completed');
  expect(written).toEqual(expectedOf('core.viewer'));
});

/**
 * A user creates a key of the pack and a person, and removes them and the action. How each is
 * read.
 */
async function removeAll(ctx: Context, client: Client, pack: string, action: string) {
  const key = ctx.name('key');
  await client.keys.create({ ref: key, name: key, value: 1, owner_type: 'pack', owner_pack_ref: pack });
  const person = await client.identities.create({ login: `${ctx.name('person')}@example.test` });
  const reads = {
    action: () => client.actions.get(action),
    key: () => client.keys.get(key),
    person: () => client.identities.get(person.id),
  };
  const before = await statusesOf(reads);
  await client.actions.remove(action);
  await client.keys.remove(key);
  await client.identities.remove(person.id);
  return { before, after: await statusesOf(reads) };
}

claim('T3.10b', NEEDS, 'an administrator completes the life of each resource', async (ctx) => {
  const pack = await preparePack(ctx);
  const { id: adminId, client } = await createTestUser(ctx, 'core.admin');

  const written = await attemptAll(ctx, pack, client);
  const action = await createScriptAction({ client, name: ctx.name }, pack, 'true');
  const ended = await runAction({ client, deadline: ctx.deadline }, action);
  const { before, after } = await removeAll(ctx, client, pack, action);

  expect(written).toEqual(expectedOf('core.admin'));
  expect(ended.executor).toBe(adminId);
  expect(before).toEqual({ action: null, key: null, person: null });
  expect(after).toEqual({ action: 404, key: 404, person: 404 });
});

const DECRYPTED = [...NEEDS, 'keys.encryption'];

claim('T3.10c', DECRYPTED, 'an executor runs actions, and defines and decrypts nothing', async (ctx) => {
  const pack = await preparePack(ctx);
  const action = await createScriptAction(ctx, pack, 'true');
  const key = await createPackKey(ctx, pack, 'hidden', ctx.nonce);
  const executor = await createTestUser(ctx, 'core.executor');

  const ended = await runAction({ client: executor.client, deadline: ctx.deadline }, action);
  const written = await attemptAll(ctx, pack, executor.client);

  expect(ended.executor).toBe(executor.id);
  expect(written).toEqual(expectedOf('core.executor'));
  expect((await executor.client.keys.get(key)).value).toBeNull();
  expect((await ctx.client.keys.get(key)).value).toBe(ctx.nonce);
});

claim('T3.10d', NEEDS, 'the matrix of permission sets and operations holds', async (ctx) => {
  const sets = Object.keys(ALLOWED);

  const found = await Promise.all(
    sets.map(async (set) => [set, await attemptAll(ctx, await preparePack(ctx), await createUserClient(ctx, set))]),
  );

  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(sets.map((set) => [set, expectedOf(set)])));
});

claim('T3.10e', NEEDS, 'a set that is taken away ends its rights in the open session', async (ctx) => {
  const pack = await preparePack(ctx);
  const { id: identity_id, client } = await createTestUser(ctx, null);
  const update = GUARDED_OPERATIONS.filter(({ grant }) => grant === 'actions:update');
  const outcome = () => Promise.all(update.map((operation) => attempt(ctx, pack, operation, client)));

  const without = await outcome();
  const { id } = await ctx.client.permissions.assign({ identity_id, permission_set_ref: 'core.editor' });
  const during = await outcome();
  await ctx.client.permissions.unassign(id);

  const [denied, allowed] = [['actions:update 403'], ['actions:update done, changed']];
  expect([without, during, await outcome()]).toEqual([denied, allowed, denied]);
});
