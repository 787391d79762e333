// Spec: a tenant cannot read, change or trigger another tenant's resources; refs do not cross.
import { claim, type Context } from '../../../helpers/scenario/claim';
import type { Client } from '../../../helpers/client/client';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { ApiError } from '../../../helpers/errors';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import {
  isAbout,
  openNotifierSocket,
  notificationsToArrive,
  notificationsMatching,
  type Notification,
} from '../../../helpers/scenario/resources/notifications';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { taskToCreateInquiry } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { createWorkflow } from '../../../helpers/scenario/resources/workflow-task';
import { stays, until } from '../../../helpers/scenario/polling';
import { createTestTenant, type TestTenant } from '../../../helpers/scenario/resources/test-tenant';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { listEverything, ownRefs } from '../../../helpers/scenario/resources/list-everything';
import { runCounts, runsOf } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['tenants', 'ledger.shared'];
const RESOURCES = [...NEEDS, 'executions.log', 'packs.environments'];
const EVENTS = [...NEEDS, 'events.causation'];

/**
 * A tenant with a pack, an action, and a webhook rule that passes the event's nonce to the action.
 */
const createTenantWithRule = async (ctx: Context, part: string, packRef: string) => {
  const tenant = await createTestTenant(ctx, part);
  await tenant.pack('e2e', packRef);
  const actionParams = { ...ctx.ledgerInput(part), nonce: '{{ event.payload.nonce }}' };
  const hook = await tenant.webhookRule(packRef, { action: 'echo-params', actionParams });
  return { ...tenant, hook, action: `${packRef}.echo-params` };
};

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
  ]);

/** Every request that names a pack, action, rule or execution of the other tenant. */
const crossTenantCalls = (
  { packs, actions, rules, executions }: Client,
  pack: string,
  action: string,
  rule: string,
  id: number,
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
];

claim('T1.7a', RESOURCES, 'resources of one tenant do not exist for another tenant', async (ctx) => {
  const [refA, refB] = [ctx.name('pack-a'), ctx.name('pack-b')];
  const [A, B] = await Promise.all([createTenantWithRule(ctx, 'a', refA), createTenantWithRule(ctx, 'b', refB)]);
  const [executionA, executionB] = await Promise.all(
    [A, B].map((tenant) => tenant.runToCompletion(tenant.action, ctx.ledgerInput('run'))),
  );
  const before = await readEverything(A, A.action, A.hook, executionA!.id);

  const denied = await statusesOf(crossTenantCalls(B.client, refA, A.action, A.hook.rule.ref, executionA!.id));

  expect(denied).toEqual(Array<number>(16).fill(ctx.facts.choices.crossTenantStatus));
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

claim('T1.7b', KEYS, 'one key name holds two values in two tenants', async (ctx) => {
  const [ref, shared] = [ctx.name('pack'), ctx.name('shared')];
  const [A, B] = await Promise.all(['a', 'b'].map((part) => createTestTenant(ctx, part)));
  const storeKey = async ({ pack, client }: TestTenant, value: string) => {
    await pack('e2e-api', ref);
    const owner = { owner_type: 'action' as const, owner_action_ref: `${ref}.read-key` };
    await client.keys.create({ ref: shared, name: shared, value, ...owner });
  };
  const read = async ({ runToCompletion }: TestTenant) => {
    const { result } = await runToCompletion(`${ref}.read-key`, { ...ctx.ledgerInput('read'), refs: [shared] });
    return (result as { data: { status: number; value: unknown } }).data;
  };

  await Promise.all([storeKey(A!, `a-${ctx.nonce}`), storeKey(B!, `b-${ctx.nonce}`)]);
  const values = await Promise.all([read(A!), read(B!)]);
  await B!.client.keys.remove(shared);

  expect(values).toEqual([`a-${ctx.nonce}`, `b-${ctx.nonce}`].map(keyContaining));
  expect(await B!.client.keys.getOrNull(shared)).toBeNull();
  expect(await A!.client.keys.get(shared)).toMatchObject({ value: `a-${ctx.nonce}` });
  expect(await read(A!)).toEqual(keyContaining(`a-${ctx.nonce}`));
});

/** The nonces that the executions of a tenant's rule received, oldest first. */
const echoedNonces = async ({ client }: TestTenant, hook: WebhookRule) => {
  const runs = await client.executions.list({ rule_ref: hook.rule.ref });
  return Promise.all(runs.reverse().map(async ({ id }) => echoedParameters(await client.executions.get(id)).nonce));
};

const isCompleted = ({ notification_type, payload }: Notification): boolean =>
  notification_type === 'execution_status_changed' && payload.status === 'completed';

claim('T1.7c', EVENTS, 'events of one tenant reach no rule or subscriber of another tenant', async (ctx) => {
  const ref = ctx.name('pack');
  const [A, B] = await Promise.all([createTenantWithRule(ctx, 'a', ref), createTenantWithRule(ctx, 'b', ref)]);
  expect(A.hook.trigger.ref).toBe(B.hook.trigger.ref);
  const socket = ctx.canProve('notify.scoping') ? await openNotifierSocket(ctx, ['all'], A.token) : null;

  const { event_id: eventB } = await B.hook.post({ nonce: `b-${ctx.nonce}` });
  const { event_id: eventA } = await A.hook.post({ nonce: `a-${ctx.nonce}` });

  const rule_ref = A.hook.rule.ref;
  const count = async () => ({
    a: (await A.client.executions.list({ rule_ref })).length,
    b: (await B.client.executions.list({})).length,
  });
  await stays(count, { a: 1, b: 1 }, executionsToBe('completed', 1, A.client, { rule_ref }), ctx.quietMs, ctx.deadline);
  const [run] = await B.client.executions.list({});
  expect([await echoedNonces(A, A.hook), await echoedNonces(B, B.hook)]).toEqual([
    [`a-${ctx.nonce}`],
    [`b-${ctx.nonce}`],
  ]);
  expect((await A.client.events.list({ trigger_ref: A.hook.trigger.ref })).map(({ id }) => id)).toEqual([eventA]);
  const foreignReads = [
    A.client.events.get(eventB),
    A.client.events.decisions(eventB),
    A.client.executions.get(run!.id),
  ];
  expect(await statusesOf(foreignReads)).toEqual(foreignReads.map(() => ctx.facts.choices.crossTenantStatus));
  if (socket === null) return;
  const [own] = await A.client.executions.list({ rule_ref });
  await until(
    notificationsToArrive(
      1,
      'end',
      socket,
      (notification) => isAbout('execution', own!.id)(notification) && isCompleted(notification),
    ),
    ctx.deadline,
  );
  expect(
    notificationsMatching(
      socket,
      (notification) => isAbout('execution', run!.id)(notification) || isAbout('event', eventB)(notification),
    ),
  ).toEqual([]);
  expect(notificationsMatching(socket, isAbout('event', eventA))).toHaveLength(1);
});

/** A rule of this tenant on its own trigger with the same ref as the other tenant's trigger. */
const createRuleOnSameRef = async (
  ctx: Context,
  { client }: TestTenant,
  packRef: string,
  action_ref: string,
  { trigger }: WebhookRule,
) => {
  const { ref: trigger_ref, label } = trigger;
  const pack_ref = trigger_ref.split('.')[0]!;
  await client.packs.create({ ref: pack_ref, label, version: '1.0.0' });
  await client.triggers.create({ ref: trigger_ref, pack_ref, label });
  const action_params = ctx.ledgerInput('same-ref');
  return client.rules.create({
    ref: `${packRef}.same-ref`,
    pack_ref: packRef,
    label,
    trigger_ref,
    action_ref,
    action_params,
  });
};

claim('T1.7d', NEEDS, 'a tenant cannot disable, change or use rules and actions of another', async (ctx) => {
  const [refA, refB] = [ctx.name('pack-a'), ctx.name('pack-b')];
  const [A, B] = await Promise.all([createTenantWithRule(ctx, 'a', refA), createTenantWithRule(ctx, 'b', refB)]);
  const { rules } = B.client;
  const own = await createRuleOnSameRef(ctx, B, refB, B.action, A.hook);
  const { ref } = A.hook.rule;
  const label = ctx.name('forged');
  const forged = {
    ref: `${refB}.forged`,
    pack_ref: refB,
    label,
    trigger_ref: B.hook.trigger.ref,
    action_ref: A.action,
  };

  const denied = await statusesOf([
    rules.disable(ref),
    rules.update(ref, { label }),
    rules.remove(ref),
    rules.create(forged),
  ]);
  const { event_id: event } = await A.hook.post({ nonce: ctx.nonce });

  expect(denied).toEqual(Array<number>(4).fill(ctx.facts.choices.crossTenantStatus));
  expect(ownRefs(await rules.list()).sort()).toEqual([B.hook.rule.ref, own.ref].sort());
  expect(await A.client.rules.get(ref)).toEqual(A.hook.rule);
  await stays(
    () => runCounts(ctx, 'a', 'same-ref'),
    { a: 1, 'same-ref': 0 },
    executionsToBe('completed', 1, A.client, { rule_ref: ref }),
    ctx.quietMs,
    ctx.deadline,
  );
  expect(await B.client.executions.list({})).toEqual([]);
  expect((await A.client.enforcements.list({ event })).map(({ rule }) => rule)).toEqual([A.hook.rule.id]);
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
