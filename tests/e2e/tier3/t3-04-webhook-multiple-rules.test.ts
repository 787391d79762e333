// Spec: one event of a webhook starts each enabled rule of its trigger once, and no other rule.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { enforcementsToBe, eventsToBe, executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import { runCounts } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['core', 'ledger.shared'];

/** Parameters of an action of the pack `e2e`, which writes to the ledger under the label. */
const parametersFor = (ctx: Context, label: string) => ({
  ...ctx.ledgerInput(label),
  nonce: '{{ event.payload.nonce }}',
});

claim('T3.4a', NEEDS, 'one post starts the action of each enabled rule once', async (ctx) => {
  const { client, deadline, quietMs } = ctx;
  await ctx.pack('e2e');
  const hook = await ctx.webhookRule({ action: 'echo-params', actionParams: parametersFor(ctx, 'echo') });
  const second = await ctx.addRule(hook, { action: 'append-ledger', actionParams: parametersFor(ctx, 'append') });
  const third = await ctx.addRule(hook, {
    action: 'sleep-for',
    actionParams: { ...parametersFor(ctx, 'sleep'), ms: 0 },
  });
  const off = await ctx.addRule(hook, {
    action: 'echo-params',
    actionParams: parametersFor(ctx, 'off'),
    enabled: false,
  });
  const enabled = [hook.rule, second, third];

  const { event_id: event } = await hook.post({ nonce: ctx.nonce });
  const filter = { trigger_ref: hook.trigger.ref };
  const executions = await until(executionsToBe('completed', 3, client, filter), deadline);

  const fence = enforcementsToBe(3, client, { event });
  const runs = { echo: 1, append: 1, sleep: 1, off: 0 };
  await stays(() => runCounts(ctx, ...Object.keys(runs)), runs, fence, quietMs, deadline);
  expect((await client.events.list(filter)).map(({ id }) => id)).toEqual([event]);
  const enforcements = await client.enforcements.list(filter);
  expect(enforcements.map((each) => [each.event, each.rule]).sort()).toEqual(
    enabled.map(({ id }) => [event, id]).sort(),
  );
  expect(await client.enforcements.list({ rule_ref: off.ref })).toEqual([]);
  const started = await Promise.all(executions.map(({ id }) => client.executions.get(id)));
  const startedBy = new Map(enforcements.map(({ id, rule_ref }) => [id, rule_ref]));
  const found = started.map(({ enforcement, action_ref, config }) => [
    startedBy.get(enforcement!),
    action_ref,
    config?.nonce,
  ]);
  expect(found.sort()).toEqual(enabled.map(({ ref, action_ref }) => [ref, action_ref, ctx.nonce]).sort());
});

const POSTS = ['one', 'two', 'three'];
const RULES = ['first', 'second'];

claim('T3.4b', NEEDS, 'three concurrent posts start each of two rules three times', async (ctx) => {
  const { client, deadline, quietMs } = ctx;
  await ctx.pack('e2e');
  const [first = '', second = ''] = RULES;
  const hook = await ctx.webhookRule({ action: 'echo-params', actionParams: parametersFor(ctx, first) });
  const added = await ctx.addRule(hook, { action: 'echo-params', actionParams: parametersFor(ctx, second) });
  const labels = new Map([
    [hook.rule.ref, first],
    [added.ref, second],
  ]);

  const receipts = await Promise.all(POSTS.map((post) => hook.post({ nonce: `${ctx.nonce}-${post}` })));
  const filter = { trigger_ref: hook.trigger.ref };
  const executions = await until(executionsToBe('completed', 6, client, filter), deadline);

  const fence = eventsToBe(3, client, filter);
  await stays(() => runCounts(ctx, ...RULES), { [first]: 3, [second]: 3 }, fence, quietMs, deadline);
  const events = new Map(receipts.map(({ event_id }, n) => [event_id, POSTS[n]]));
  expect(events.size).toBe(3);
  const enforcements = await client.enforcements.list(filter);
  const caused = new Map(
    enforcements.map(({ id, event, rule_ref }) => [id, `${events.get(event!)} ${labels.get(rule_ref)}`]),
  );
  const started = await Promise.all(executions.map(({ id }) => client.executions.get(id)));
  const pairs = POSTS.flatMap((post) => RULES.map((rule) => `${post} ${rule}`));
  expect([...caused.values()].sort()).toEqual([...pairs].sort());
  expect(started.map(({ enforcement }) => caused.get(enforcement!)).sort()).toEqual([...pairs].sort());
  const received = started.map(({ enforcement, config }) => [caused.get(enforcement!), config?.nonce, config?.key]);
  const expected = pairs.map((pair) => {
    const [post, rule = ''] = pair.split(' ');
    return [pair, `${ctx.nonce}-${post}`, ctx.ledgerInput(rule).key];
  });
  expect(received.sort()).toEqual(expected.sort());
});
