// Spec: a tenant's events and rules trigger nothing of another tenant.
import { ApiError } from '../../../helpers/errors';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { ownRefs } from '../../../helpers/scenario/resources/list-everything';
import {
  isAbout,
  notificationsMatching,
  notificationsToArrive,
  openNotifierSocket,
  type Notification,
} from '../../../helpers/scenario/resources/notifications';
import { createTenantWithRule, type TenantWithRule } from '../../../helpers/scenario/resources/tenant-with-rule';
import type { TestTenant } from '../../../helpers/scenario/resources/test-tenant';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { runCounts } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['tenants', 'ledger.shared'];

const EVENTS = [...NEEDS, 'events.causation'];

/** For each call: the status of its error; the response of a call that succeeded. */
const statusesOf = async (calls: readonly Promise<unknown>[]): Promise<unknown[]> => {
  const responses = await Promise.allSettled(calls);
  return responses.map((call): unknown => {
    if (call.status === 'fulfilled') return call.value;
    return call.reason instanceof ApiError ? call.reason.status : (call.reason as unknown);
  });
};

/** The nonces that the executions of a tenant's rule received, oldest first. */
const echoedNonces = async ({ client }: TestTenant, hook: WebhookRule) => {
  const runs = await client.executions.list({ rule_ref: hook.rule.ref });
  return Promise.all(runs.reverse().map(async ({ id }) => echoedParameters(await client.executions.get(id)).nonce));
};

/** Two tenants with the same refs. */
const createAlike = async (ctx: Context) => {
  const ref = ctx.name('pack');
  const [A, B] = await Promise.all([createTenantWithRule(ctx, 'a', ref), createTenantWithRule(ctx, 'b', ref)]);
  expect(A.hook.trigger.ref).toBe(B.hook.trigger.ref);
  return { A, B };
};

/** Posts an event of B, then one of A. Returns their ids. */
const postInBoth = async ({ nonce }: Context, A: TenantWithRule, B: TenantWithRule) => {
  const { event_id: eventB } = await B.hook.post({ nonce: `b-${nonce}` });
  const { event_id: eventA } = await A.hook.post({ nonce: `a-${nonce}` });
  return { eventA, eventB };
};

claim('T1.7c', EVENTS, 'events of one tenant reach no rule of another tenant', async (ctx) => {
  const { A, B } = await createAlike(ctx);

  const { eventA, eventB } = await postInBoth(ctx, A, B);

  const filter = { rule_ref: A.hook.rule.ref };
  const counts = async () => [
    (await A.client.executions.list(filter)).length,
    (await B.client.executions.list({})).length,
  ];
  await stays(counts, [1, 1], executionsToBe('completed', 1, A.client, filter), ctx.quietMs, ctx.deadline);
  const [run] = await B.client.executions.list({});
  const nonces = [await echoedNonces(A, A.hook), await echoedNonces(B, B.hook)];
  expect(nonces).toEqual([[`a-${ctx.nonce}`], [`b-${ctx.nonce}`]]);
  expect((await A.client.events.list({ trigger_ref: A.hook.trigger.ref })).map(({ id }) => id)).toEqual([eventA]);
  const { events, executions } = A.client;
  const denied = await statusesOf([events.get(eventB), events.decisions(eventB), executions.get(run!.id)]);
  expect(denied).toEqual(Array(3).fill(ctx.facts.choices.crossTenantStatus));
});

const isCompleted = ({ notification_type, payload }: Notification): boolean =>
  notification_type === 'execution_status_changed' && payload.status === 'completed';

const NOTIFIED = [...EVENTS, 'notify.scoping'];

claim('T1.7f', NOTIFIED, 'a subscriber receives only the notifications of its own tenant', async (ctx) => {
  const { A, B } = await createAlike(ctx);
  const socket = await openNotifierSocket(ctx, ['all'], A.token);

  const { eventA, eventB } = await postInBoth(ctx, A, B);
  const [run] = await until(executionsToBe('completed', 1, B.client, {}), ctx.deadline);
  const [own] = await until(executionsToBe('completed', 1, A.client, {}), ctx.deadline);

  const isEnd = (notification: Notification) =>
    isAbout('execution', own!.id)(notification) && isCompleted(notification);
  await until(notificationsToArrive(1, 'end', socket, isEnd), ctx.deadline);
  const foreign = [isAbout('execution', run!.id), isAbout('event', eventB)];
  expect(foreign.map((isForeign) => notificationsMatching(socket, isForeign))).toEqual([[], []]);
  expect(notificationsMatching(socket, isAbout('event', eventA))).toHaveLength(1);
});

/** A rule of this tenant on its own trigger with the same ref as the other tenant's trigger. */
const createRuleOnSameRef = async (ctx: Context, B: TenantWithRule, packRef: string, { trigger }: WebhookRule) => {
  const { ref: trigger_ref, label } = trigger;
  const pack_ref = trigger_ref.split('.')[0]!;
  await B.client.packs.create({ ref: pack_ref, label, version: '1.0.0' });
  await B.client.triggers.create({ ref: trigger_ref, pack_ref, label });
  return B.client.rules.create({
    ref: `${packRef}.same-ref`,
    pack_ref: packRef,
    label,
    trigger_ref,
    action_ref: B.action,
    action_params: ctx.ledgerInput('same-ref'),
  });
};

/** Requests of a tenant that change a rule of another, or name its action in a rule. */
const forgedCalls = (
  { client: { rules }, hook }: TenantWithRule,
  pack_ref: string,
  A: TenantWithRule,
  label: string,
) => {
  const { ref } = A.hook.rule;
  const forged = { ref: `${pack_ref}.forged`, pack_ref, label, trigger_ref: hook.trigger.ref, action_ref: A.action };
  return [rules.disable(ref), rules.update(ref, { label }), rules.remove(ref), rules.create(forged)];
};

claim('T1.7d', NEEDS, 'a tenant cannot disable, change or use rules and actions of another', async (ctx) => {
  const [refA, refB] = [ctx.name('pack-a'), ctx.name('pack-b')];
  const [A, B] = await Promise.all([createTenantWithRule(ctx, 'a', refA), createTenantWithRule(ctx, 'b', refB)]);
  const own = await createRuleOnSameRef(ctx, B, refB, A.hook);
  const { ref } = A.hook.rule;

  const denied = await statusesOf(forgedCalls(B, refB, A, ctx.name('forged')));
  const { event_id: event } = await A.hook.post({ nonce: ctx.nonce });

  expect(denied).toEqual(Array<number>(4).fill(ctx.facts.choices.crossTenantStatus));
  expect(ownRefs(await B.client.rules.list()).sort()).toEqual([B.hook.rule.ref, own.ref].sort());
  expect(await A.client.rules.get(ref)).toEqual(A.hook.rule);
  const fence = executionsToBe('completed', 1, A.client, { rule_ref: ref });
  const counts = () => runCounts(ctx, 'a', 'same-ref');
  await stays(counts, { a: 1, 'same-ref': 0 }, fence, ctx.quietMs, ctx.deadline);
  expect(await B.client.executions.list({})).toEqual([]);
  expect((await A.client.enforcements.list({ event })).map(({ rule }) => rule)).toEqual([A.hook.rule.id]);
});
