// Spec: each firing of a rule and each change of its state is announced once.
import type { NotifierSocket } from '../../../helpers/client/notifier-socket';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { enforcementsToBe, eventsToBe, executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { expectPrompt } from '../support/delivery-delay';
import { stays, until } from '../../../helpers/scenario/polling';
import {
  isAbout,
  notificationsMatching,
  notificationsToArrive,
  openNotifierSocket,
  type Notification,
} from '../../../helpers/scenario/resources/notifications';

const NEEDS = ['notify.enforcements', 'core'];

/** A firing of one of these rules. */
const isFiringOf =
  (...rules: readonly number[]) =>
  ({ notification_type, payload }: Notification): boolean =>
    notification_type === 'enforcement_created' && rules.some((rule) => rule === payload.rule);

const openSocket = (ctx: Context): Promise<NotifierSocket> =>
  openNotifierSocket(ctx, ['entity_type:enforcement', 'entity_type:event']);

/** Exactly this number of firings of the rules arrives, also during the quiet time. */
const firings = async (
  ctx: Context,
  socket: NotifierSocket,
  n: number,
  ...rules: number[]
): Promise<Notification[]> => {
  const fence = notificationsToArrive(n, 'firing', socket, isFiringOf(...rules));
  await stays(() => notificationsMatching(socket, isFiringOf(...rules)).length, n, fence, ctx.quietMs, ctx.deadline);
  return notificationsMatching(socket, isFiringOf(...rules));
};

claim('T3.16a', NEEDS, 'one firing is announced once, with its rule and its event', async (ctx) => {
  const { rule, trigger, post } = await ctx.webhookRule({ action: 'core.noop' });
  const socket = await openSocket(ctx);

  const { event_id: event } = await post({ nonce: ctx.nonce });
  const announced = await firings(ctx, socket, 1, rule.id);

  const [enforcement] = await until(enforcementsToBe(1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  const { id } = enforcement!;
  const links = { id, event, rule: rule.id, rule_ref: rule.ref, trigger_ref: trigger.ref };
  expect(announced).toMatchObject([{ entity_type: 'enforcement', entity_id: id, payload: links }]);
  expect(enforcement).toMatchObject({ event, rule_ref: rule.ref });
  expectPrompt(ctx, socket, announced);
});

const STATES = [...NEEDS, 'notify.rule_state'];

claim('T3.16b', STATES, 'each change of a rule is announced once, in order, and no other', async (ctx) => {
  const { rule, post } = await ctx.webhookRule({ action: 'core.noop' });
  const socket = await openNotifierSocket(ctx, ['entity_type:rule', 'entity_type:enforcement']);

  await ctx.client.rules.disable(rule.ref);
  await ctx.client.rules.disable(rule.ref);
  const missed = await post({});
  await ctx.client.rules.enable(rule.ref);
  const { event_id: event } = await post({});

  const announced = await firings(ctx, socket, 1, rule.id);
  expect(announced.map(({ payload }) => payload.event)).toEqual([event]);
  const changes = notificationsMatching(socket, isAbout('rule', rule.id));
  expect(changes.map(({ payload }) => [payload.ref, payload.enabled])).toEqual([
    [rule.ref, false],
    [rule.ref, true],
  ]);
  expect(await ctx.client.enforcements.list({ event: missed.event_id })).toEqual([]);
  expectPrompt(ctx, socket, changes);
});

claim('T3.16c', NEEDS, 'one event that three rules match is announced three times', async (ctx) => {
  const hook = await ctx.webhookRule({ action: 'core.noop' });
  const added = [await ctx.addRule(hook, { action: 'core.noop' }), await ctx.addRule(hook, { action: 'core.noop' })];
  const rules = [hook.rule, ...added].map(({ id }) => id);
  const socket = await openSocket(ctx);

  const { event_id: event } = await hook.post({});
  const announced = await firings(ctx, socket, 3, ...rules);

  const links = announced.map(({ payload }) => [payload.rule, payload.event]);
  expect(links.sort()).toEqual(rules.map((rule) => [rule, event]).sort());
  const enforcements = await ctx.client.enforcements.list({ event });
  expect(announced.map(({ entity_id }) => entity_id).sort()).toEqual(enforcements.map(({ id }) => id).sort());
  await until(executionsToBe('completed', 3, ctx.client, { trigger_ref: hook.trigger.ref }), ctx.deadline);
});

claim('T3.16d', NEEDS, 'an event that no rule matches is announced without a firing', async (ctx) => {
  const conditions = { expression: 'event.payload.value > 100' };
  const { rule, trigger, post } = await ctx.webhookRule({ action: 'core.noop', conditions });
  const socket = await openSocket(ctx);

  const { event_id: miss } = await post({ value: 100 });
  const { event_id: hit } = await post({ value: 101 });
  const announced = await firings(ctx, socket, 1, rule.id);

  expect(announced.map(({ payload }) => payload.event)).toEqual([hit]);
  await until(eventsToBe(2, ctx.client, { trigger_ref: trigger.ref }), ctx.deadline);
  const ofEvents = [miss, hit].map((event) => notificationsMatching(socket, isAbout('event', event)).length);
  expect(ofEvents).toEqual([1, 1]);
  const enforcements = await ctx.client.enforcements.list({ rule_ref: rule.ref });
  expect(enforcements.map(({ event }) => event)).toEqual([hit]);
});
