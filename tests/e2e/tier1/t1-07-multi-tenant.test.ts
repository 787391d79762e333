// Spec: a tenant can neither see, change nor trigger another's things, and names of one mean nothing in the other.
import { claim, type Context } from '../../../helpers/claim';
import type { Client } from '../../../helpers/client/client';
import { echoed } from '../../../helpers/echoed';
import { ApiError } from '../../../helpers/errors';
import { executionsToBe } from '../../../helpers/event-conditions';
import { isAbout, listen, toBeTold, told, type Notification } from '../../../helpers/live';
import { stays, until } from '../../../helpers/polling';
import { newTenant, type Tenancy } from '../../../helpers/tenancy';
import type { WebhookRule } from '../../../helpers/webhook-rule';

const NEEDS = ['tenants', 'ledger.shared'];

/** A tenant with a pack, an action, and a rule on a webhook that hands the event's nonce on. */
const furnished = async (ctx: Context, part: string, packRef: string) => {
  const tenant = await newTenant(ctx, part);
  await tenant.pack('e2e', packRef);
  const actionParams = { ...ctx.signed(part), nonce: '{{ event.payload.nonce }}' };
  const hook = await tenant.webhookRule(packRef, { action: 'echo-params', actionParams });
  return { ...tenant, hook, action: `${packRef}.echo-params` };
};

/** What each call is refused with; a call that is not refused stays as it answered. */
const refusals = async (calls: readonly Promise<unknown>[]): Promise<unknown[]> => {
  const answers = await Promise.allSettled(calls);
  return answers.map((call): unknown => {
    if (call.status === 'fulfilled') return call.value;
    return call.reason instanceof ApiError ? call.reason.status : (call.reason as unknown);
  });
};

const inList = (rows: readonly { ref: string }[]) =>
  rows.map(({ ref }) => ref).filter((ref) => !ref.startsWith('core'));

/** Everything of a tenant that there is to read. */
const contents = async ({ client }: Tenancy, action: string, hook: WebhookRule, execution: number): Promise<string> =>
  JSON.stringify([
    await client.packs.get(hook.rule.pack_ref),
    await client.actions.get(action),
    await client.triggers.get(hook.trigger.ref),
    await client.rules.get(hook.rule.ref),
    await client.executions.get(execution),
    await client.executions.list({}),
    await client.enforcements.list({}),
  ]);

/** Whatever can be asked for by the names and numbers of others. */
const attempts = (
  { packs, actions, rules, executions }: Client,
  pack: string,
  action: string,
  rule: string,
  id: number,
) => [
  packs.get(pack),
  packs.update(pack, { label: 'taken' }),
  packs.environments(pack),
  packs.remove(pack),
  actions.get(action),
  actions.update(action, { label: 'taken' }),
  actions.remove(action),
  rules.get(rule),
  rules.update(rule, { label: 'taken' }),
  rules.disable(rule),
  rules.remove(rule),
  executions.get(id),
  executions.cancel(id),
  executions.log(id),
  executions.tree(id),
  executions.execute({ action_ref: action }),
];

claim('T1.7a', NEEDS, 'packs, actions, rules and executions of one tenant do not exist for another', async (ctx) => {
  const [refA, refB] = [ctx.name('pack-a'), ctx.name('pack-b')];
  const [A, B] = await Promise.all([furnished(ctx, 'a', refA), furnished(ctx, 'b', refB)]);
  const [ofA, ofB] = await Promise.all([A, B].map((one) => one.completed(one.action, ctx.signed('run'))));
  const before = await contents(A, A.action, A.hook, ofA!.id);

  const denied = await refusals(attempts(B.client, refA, A.action, A.hook.rule.ref, ofA!.id));

  expect(denied).toEqual(Array<number>(16).fill(ctx.facts.choices.crossTenantStatus));
  expect(inList(await B.client.packs.list())).toEqual([refB]);
  expect([...new Set(inList(await B.client.actions.list()).map((ref) => ref.split('.')[0]))]).toEqual([refB]);
  expect(inList(await B.client.rules.list())).toEqual([B.hook.rule.ref]);
  expect((await B.client.executions.list({})).map(({ id }) => id)).toEqual([ofB!.id]);
  expect(await contents(A, A.action, A.hook, ofA!.id)).toBe(before);
  expect(ctx.ledger.count(ctx.signed('run').key)).toBe(2);
});

const KEYS = [...NEEDS, 'keys.from_actions', 'runtimes.node'];

/** What `read-key` says of a key that holds this. */
const found = (value: string): unknown => expect.objectContaining({ status: 200, value });

claim('T1.7b', KEYS, 'one key name holds two values in two tenants', async (ctx) => {
  const [ref, shared] = [ctx.name('pack'), ctx.name('shared')];
  const [A, B] = await Promise.all(['a', 'b'].map((part) => newTenant(ctx, part)));
  const keep = async ({ pack, client }: Tenancy, value: string) => {
    await pack('e2e', ref);
    const owner = { owner_type: 'action' as const, owner_action_ref: `${ref}.read-key` };
    await client.keys.create({ ref: shared, name: shared, value, ...owner });
  };
  const read = async ({ completed }: Tenancy) => {
    const { result } = await completed(`${ref}.read-key`, { ...ctx.signed('read'), refs: [shared] });
    return (result as { data: { status: number; value: unknown } }).data;
  };

  await Promise.all([keep(A!, `a-${ctx.nonce}`), keep(B!, `b-${ctx.nonce}`)]);
  const both = await Promise.all([read(A!), read(B!)]);
  await B!.client.keys.remove(shared);

  expect(both).toEqual([`a-${ctx.nonce}`, `b-${ctx.nonce}`].map(found));
  expect(await B!.client.keys.getOrNull(shared)).toBeNull();
  expect(await A!.client.keys.get(shared)).toMatchObject({ value: `a-${ctx.nonce}` });
  expect(await read(A!)).toEqual(found(`a-${ctx.nonce}`));
});

/** The nonces of what a tenant's rule has run, oldest first. */
const nonces = async ({ client }: Tenancy, hook: WebhookRule) => {
  const runs = await client.executions.list({ rule_ref: hook.rule.ref });
  return Promise.all(runs.reverse().map(async ({ id }) => echoed(await client.executions.get(id)).nonce));
};

const isOver = ({ notification_type, payload }: Notification): boolean =>
  notification_type === 'execution_status_changed' && payload.status === 'completed';

claim('T1.7c', NEEDS, 'events of one tenant neither reach another’s rules nor its eyes', async (ctx) => {
  const ref = ctx.name('pack');
  const [A, B] = await Promise.all([furnished(ctx, 'a', ref), furnished(ctx, 'b', ref)]);
  expect(A.hook.trigger.ref).toBe(B.hook.trigger.ref);
  const live = ctx.needs('notify.scoping') ? await listen(ctx, ['all'], A.token) : null;

  const { event_id: ofB } = await B.hook.post({ nonce: `b-${ctx.nonce}` });
  const { event_id: ofA } = await A.hook.post({ nonce: `a-${ctx.nonce}` });

  const rule_ref = A.hook.rule.ref;
  const count = async () =>
    [await A.client.executions.list({ rule_ref }), await B.client.executions.list({})].map((l) => l.length);
  await stays(count, [1, 1], executionsToBe('completed', 1, A.client, { rule_ref }), ctx.quietMs, ctx.deadline);
  const [run] = await B.client.executions.list({});
  expect([await nonces(A, A.hook), await nonces(B, B.hook)]).toEqual([[`a-${ctx.nonce}`], [`b-${ctx.nonce}`]]);
  expect((await A.client.events.list({ trigger_ref: A.hook.trigger.ref })).map(({ id }) => id)).toEqual([ofA]);
  const eyes = [A.client.events.get(ofB), A.client.events.decisions(ofB), A.client.executions.get(run!.id)];
  expect(await refusals(eyes)).toEqual(eyes.map(() => ctx.facts.choices.crossTenantStatus));
  if (live === null) return;
  const [own] = await A.client.executions.list({ rule_ref });
  await until(
    toBeTold(1, 'end', live, (one) => isAbout('execution', own!.id)(one) && isOver(one)),
    ctx.deadline,
  );
  expect(told(live, (one) => isAbout('execution', run!.id)(one) || isAbout('event', ofB)(one))).toEqual([]);
  expect(told(live, isAbout('event', ofA))).toHaveLength(1);
});

/** A rule of B's own on a trigger that has the name of one of A's, in a pack of the same name. */
const namesake = async (
  ctx: Context,
  { client }: Tenancy,
  packRef: string,
  action_ref: string,
  { trigger }: WebhookRule,
) => {
  const { ref: trigger_ref, label } = trigger;
  const pack_ref = trigger_ref.split('.')[0]!;
  await client.packs.create({ ref: pack_ref, label, version: '1.0.0' });
  await client.triggers.create({ ref: trigger_ref, pack_ref, label });
  const action_params = ctx.signed('namesake');
  return client.rules.create({
    ref: `${packRef}.namesake`,
    pack_ref: packRef,
    label,
    trigger_ref,
    action_ref,
    action_params,
  });
};

claim('T1.7d', NEEDS, 'one tenant cannot disable, edit or hook onto another’s rule or action', async (ctx) => {
  const [refA, refB] = [ctx.name('pack-a'), ctx.name('pack-b')];
  const [A, B] = await Promise.all([furnished(ctx, 'a', refA), furnished(ctx, 'b', refB)]);
  const { rules } = B.client;
  const own = await namesake(ctx, B, refB, B.action, A.hook);
  const { ref } = A.hook.rule;
  const label = ctx.name('forged');
  const forged = {
    ref: `${refB}.forged`,
    pack_ref: refB,
    label,
    trigger_ref: B.hook.trigger.ref,
    action_ref: A.action,
  };

  const denied = await refusals([
    rules.disable(ref),
    rules.update(ref, { label }),
    rules.remove(ref),
    rules.create(forged),
  ]);
  const { event_id: event } = await A.hook.post({ nonce: ctx.nonce });

  expect(denied).toEqual(Array<number>(4).fill(ctx.facts.choices.crossTenantStatus));
  expect(inList(await rules.list()).sort()).toEqual([B.hook.rule.ref, own.ref].sort());
  expect(await A.client.rules.get(ref)).toEqual(A.hook.rule);
  const fired = () => ['a', 'namesake'].map((label) => ctx.ledger.count(ctx.signed(label).key));
  await stays(fired, [1, 0], executionsToBe('completed', 1, A.client, { rule_ref: ref }), ctx.quietMs, ctx.deadline);
  expect(await B.client.executions.list({})).toEqual([]);
  expect((await A.client.enforcements.list({ event })).map(({ rule }) => rule)).toEqual([A.hook.rule.id]);
});
