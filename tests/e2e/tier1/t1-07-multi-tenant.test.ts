// Spec: a tenant cannot read or change another tenant's resources; refs do not cross.
import type { Client } from '../../../helpers/client/client';
import { ApiError } from '../../../helpers/errors';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { taskToCreateInquiry } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../helpers/scenario/polling';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { listEverything, ownRefs } from '../../../helpers/scenario/resources/list-everything';
import { createTenantWithRule } from '../../../helpers/scenario/resources/tenant-with-rule';
import { createTestTenant, type TestTenant } from '../../../helpers/scenario/resources/test-tenant';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { createWorkflow } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['tenants', 'ledger.shared'];

const RESOURCES = [...NEEDS, 'executions.log', 'packs.environments'];

/** For each call: the status of its error; the response of a call that succeeded. */
const statusesOf = async (calls: readonly Promise<unknown>[]): Promise<unknown[]> => {
  const responses = await Promise.allSettled(calls);
  return responses.map((call): unknown => {
    if (call.status === 'fulfilled') return call.value;
    return call.reason instanceof ApiError ? call.reason.status : (call.reason as unknown);
  });
};

/** All resources of a tenant, as one text. */
const readEverything = async (
  { client }: TestTenant,
  action: string,
  hook: WebhookRule,
  execution: number,
): Promise<string> =>
  JSON.stringify([
    await client.packs.get(hook.rule.pack_ref),
    await client.actions.get(action),
    await client.triggers.get(hook.trigger.ref),
    await client.rules.get(hook.rule.ref),
    await client.executions.get(execution),
    await client.executions.list({}),
    await client.enforcements.list({}),
    await client.auth.me(),
  ]);

/** What the other tenant has. */
interface Foreign {
  readonly pack: string;
  readonly action: string;
  readonly rule: string;
  readonly id: number;
  readonly admin: { readonly id: number; readonly login: string };
}

/** Every request that names a pack, action, rule, execution or identity of the other tenant. */
const crossTenantCalls = (
  { packs, actions, rules, executions, permissions, identities }: Client,
  { pack, action, rule, id, admin }: Foreign,
) => [
  packs.get(pack),
  packs.update(pack, { label: 'changed' }),
  packs.environments(pack),
  packs.remove(pack),
  actions.get(action),
  actions.update(action, { label: 'changed' }),
  actions.remove(action),
  rules.get(rule),
  rules.update(rule, { label: 'changed' }),
  rules.disable(rule),
  rules.remove(rule),
  executions.get(id),
  executions.cancel(id),
  executions.log(id),
  executions.tree(id),
  executions.execute({ action_ref: action }),
  permissions.assign({ identity_id: admin.id, permission_set_ref: 'core.viewer' }),
  permissions.assign({ identity_login: admin.login, permission_set_ref: 'core.viewer' }),
  identities.get(admin.id),
  identities.update(admin.id, { display_name: 'changed' }),
  identities.freeze(admin.id),
  identities.addRole(admin.id, 'changed'),
  identities.remove(admin.id),
];

claim('T1.7a', RESOURCES, 'resources of one tenant do not exist for another tenant', async (ctx) => {
  const [refA, refB] = [ctx.name('pack-a'), ctx.name('pack-b')];
  const [A, B] = await Promise.all([createTenantWithRule(ctx, 'a', refA), createTenantWithRule(ctx, 'b', refB)]);
  const runs = [A, B].map((tenant) => tenant.runToCompletion(tenant.action, ctx.ledgerInput('run')));
  const [executionA, executionB] = await Promise.all(runs);
  const before = await readEverything(A, A.action, A.hook, executionA!.id);

  const ofA = { pack: refA, action: A.action, rule: A.hook.rule.ref, id: executionA!.id };
  const calls = crossTenantCalls(B.client, { ...ofA, admin: await A.client.auth.me() });
  const denied = await statusesOf(calls);

  expect(denied).toEqual(calls.map(() => ctx.facts.choices.crossTenantStatus));
  expect(ownRefs(await B.client.packs.list())).toEqual([refB]);
  expect([...new Set(ownRefs(await B.client.actions.list()).map((ref) => ref.split('.')[0]))]).toEqual([refB]);
  expect(ownRefs(await B.client.rules.list())).toEqual([B.hook.rule.ref]);
  expect((await B.client.executions.list({})).map(({ id }) => id)).toEqual([executionB!.id]);
  expect(await readEverything(A, A.action, A.hook, executionA!.id)).toBe(before);
  expect(runsOf(ctx, 'run')).toBe(2);
});

const KEYS = [...NEEDS, 'keys.from_actions', 'runtimes.node'];

/** The output of `read-key` for a key with this value. */
const keyContaining = (value: string): unknown => expect.objectContaining({ status: 200, value });

/** Stores a key under this name in the tenant, and returns what its action reads. */
const keyHolder = (ctx: Context, tenant: TestTenant, pack: string, name: string) => ({
  store: async (value: string) => {
    await tenant.pack('e2e-api', pack);
    const owner = { owner_type: 'action' as const, owner_action_ref: `${pack}.read-key` };
    await tenant.client.keys.create({ ref: name, name, value, ...owner });
  },
  read: async () => {
    const { result } = await tenant.runToCompletion(`${pack}.read-key`, { ...ctx.ledgerInput('read'), refs: [name] });
    return (result as { data: { status: number; value: unknown } }).data;
  },
});

claim('T1.7b', KEYS, 'one key name holds two values in two tenants', async (ctx) => {
  const [pack, shared] = [ctx.name('pack'), ctx.name('shared')];
  const [A, B] = [await createTestTenant(ctx, 'a'), await createTestTenant(ctx, 'b')];
  const [ofA, ofB] = [keyHolder(ctx, A, pack, shared), keyHolder(ctx, B, pack, shared)];

  await Promise.all([ofA.store(`a-${ctx.nonce}`), ofB.store(`b-${ctx.nonce}`)]);
  const values = await Promise.all([ofA.read(), ofB.read()]);
  await B.client.keys.remove(shared);

  expect(values).toEqual([`a-${ctx.nonce}`, `b-${ctx.nonce}`].map(keyContaining));
  expect(await B.client.keys.getOrNull(shared)).toBeNull();
  expect(await A.client.keys.get(shared)).toMatchObject({ value: `a-${ctx.nonce}` });
  expect(await ofA.read()).toEqual(keyContaining(`a-${ctx.nonce}`));
});

const LISTS = [...NEEDS, 'inquiries.ask'];

/** One object of each kind, under refs that both tenants use. Returns the ids, by kind. */
const createTwin = async (ctx: Context, part: string, packRef: string) => {
  const tenant = await createTenantWithRule(ctx, part, packRef);
  const { client, hook } = tenant;
  await hook.post({ nonce: ctx.nonce });
  const [fired] = await until(executionsToBe('completed', 1, client, { rule_ref: hook.rule.ref }), ctx.deadline);
  const gate = inquiryTask({});
  const workflow = await createWorkflow(client, packRef, [gate], { name: 'asking' });
  const root = await client.executions.execute({ action_ref: workflow.ref });
  const inquiry = await until(taskToCreateInquiry('gate', client, root.id), ctx.deadline);
  const key = await client.keys.create({ ref: 'twin', name: 'twin', value: part, owner_type: 'system' });
  const { enforcement } = await client.executions.get(fired!.id);
  const { event } = await client.enforcements.get(enforcement!);
  return {
    client,
    ids: {
      identities: [tenant.adminId],
      rules: [hook.rule.id],
      events: [event],
      enforcements: [enforcement],
      executions: [fired!.id, root.id, inquiry.execution],
      inquiries: [inquiry.id],
      keys: [key.id],
    },
    refs: { packs: [packRef], workflows: [workflow.ref], triggers: [hook.trigger.ref], rules: [hook.rule.ref] },
  };
};

claim('T1.7e', LISTS, 'each list of a tenant holds all its rows and none of another tenant', async (ctx) => {
  const packRef = ctx.name('twin');
  const twins = await Promise.all(['a', 'b'].map((part) => createTwin(ctx, part, packRef)));

  const listed = await Promise.all(twins.map(({ client }) => listEverything(client)));

  expect(listed).toEqual(twins.map(({ ids, refs }) => ({ ids, refs })));
  const stats = await Promise.all(twins.map(({ client }) => client.executions.stats()));
  const none = { failed: 0, pending: 0, cancelled: 0, timeout: 0, abandoned: 0 };
  expect(stats).toEqual(Array(2).fill({ total: 3, completed: 1, running: 2, ...none }));
});
