// Spec: actions start further rules through webhooks, and each link of the chain runs once.
import { startTcpRelay } from '../../../helpers/fixtures/tcp-relay';
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { eventsToBe, executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { recordedInterval, sortedAscending, workflowInterval } from '../../../helpers/scenario/intervals';
import { stays, until, type Condition } from '../../../helpers/scenario/polling';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { onSuccess, task, type Parameters, type Task } from '../../../helpers/scenario/resources/workflow-task';
import { childOf, runCounts } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['core', 'runtimes.node', 'ledger.shared'];

const NONCE = { nonce: '{{ event.payload.nonce }}' };
const keyOf = ({ trigger }: WebhookRule): string => trigger.webhook_key ?? '';

/** Selects the packs of the fixtures: those in shell last, so that they are searched first. */
const selectPacks = async (ctx: Context): Promise<void> => {
  await ctx.pack('e2e-api');
  await ctx.pack('e2e');
};

/** The last rule of a chain; it returns these parameters. */
const lastRule = (ctx: Context, label: string, params: Parameters = NONCE): Promise<WebhookRule> =>
  ctx.webhookRule({ action: 'echo-params', actionParams: { ...ctx.ledgerInput(label), ...params } });

/** A rule whose action posts this payload to the webhook of the next rule. */
const postingRule = (ctx: Context, label: string, next: WebhookRule, payload: Parameters): Promise<WebhookRule> =>
  ctx.webhookRule({
    action: 'post-webhook',
    actionParams: { ...ctx.ledgerInput(label), webhook_key: keyOf(next), payload },
  });

/** The executions that a rule started, without the tasks of a workflow. */
const startedBy = ({ rule }: WebhookRule) => ({ rule_ref: rule.ref, top_level_only: true });

/** Events of the trigger, and executions of the rule. */
const countsOf = async ({ client }: Context, link: WebhookRule): Promise<[number, number]> => [
  (await client.events.list({ trigger_ref: link.trigger.ref })).length,
  (await client.executions.list(startedBy(link))).length,
];

/** Each rule of a chain has `n` events and `n` executions, also after the fence. */
const expectEach = (ctx: Context, chain: readonly WebhookRule[], n: number, fence: Condition<unknown>) =>
  stays(
    () => Promise.all(chain.map((link) => countsOf(ctx, link))),
    chain.map(() => [n, n]),
    fence,
    ctx.quietMs,
    ctx.deadline,
  );

const executionsOf = (ctx: Context, link: WebhookRule, n: number) =>
  executionsToBe('completed', n, ctx.client, startedBy(link));

const onlyEventOf = async (ctx: Context, { trigger }: WebhookRule) => {
  const [event] = await until(eventsToBe(1, ctx.client, { trigger_ref: trigger.ref }), ctx.deadline);
  return ctx.client.events.get(event!.id);
};

/** The parameters that the processes of a rule received, oldest first. */
const receivedBy = async (ctx: Context, link: WebhookRule, n: number): Promise<Parameters[]> => {
  const executions = await until(executionsOf(ctx, link, n), ctx.deadline);
  return Promise.all(executions.map(async ({ id }) => echoedParameters(await ctx.client.executions.get(id))));
};

/**
 * A rule that starts a workflow, whose task posts to the webhook of another rule, is fired once.
 * `eventId`: the path of that rule's event in the result of the task.
 */
async function expectWorkflowLink(ctx: Context, post: Task, last: WebhookRule, eventId: string): Promise<void> {
  const workflow = { name: ctx.name('flow'), output_map: { event: `{{ task.post.${eventId} }}` } };
  const { ref } = await ctx.workflow([post], { ...workflow, parameters: { nonce: { type: 'string' } } });
  const first = await ctx.webhookRule({ action: ref, actionParams: NONCE });
  const { event_id: event } = await first.post({ nonce: ctx.nonce });

  await expectEach(ctx, [first, last], 1, executionsOf(ctx, last, 1));
  const [root] = await until(executionsOf(ctx, first, 1), ctx.deadline);
  const [end] = await until(executionsOf(ctx, last, 1), ctx.deadline);
  const [from, to] = [await ctx.client.events.get(event), await onlyEventOf(ctx, last)];
  expect((await ctx.client.executions.get(root!.id)).result).toMatchObject({ event: to.id });
  expect((await childOf(ctx, root!.id, 'post')).status).toBe('completed');
  expect(await ctx.client.executions.children(root!.id)).toHaveLength(1);
  expect(to.payload).toEqual({ nonce: ctx.nonce });
  expect(echoedParameters(await ctx.client.executions.get(end!.id))).toMatchObject({ nonce: ctx.nonce });
  const starts = [workflowInterval(root!), recordedInterval(end!)].map(({ start }) => start);
  const order = [parseInstant(from.created), starts[0]!, parseInstant(to.created), starts[1]!];
  expect(order).toEqual(sortedAscending(order));
}

/** An address of the platform that `core.http_request` may connect to. */
async function relayedUrl(ctx: Context): Promise<string> {
  const { hostname, port } = new URL(ctx.facts.url);
  const relay = await startTcpRelay(hostname, Number(port), ctx.facts.mockHost);
  ctx.defer(() => relay[Symbol.asyncDispose]());
  return `http://${ctx.facts.mockHost}:${relay.port}`;
}

claim(
  'T3.8a',
  [...NEEDS, 'executions.intervals'],
  'a workflow starts another rule once through its webhook',
  async (ctx) => {
    await selectPacks(ctx);
    const payload = { nonce: '{{ parameters.nonce }}' };
    const last = await lastRule(ctx, 'last');
    const post = task(ctx, 'post', 'post-webhook', { webhook_key: keyOf(last), payload });

    await expectWorkflowLink(ctx, post, last, 'data.event');
    expect(runCounts(ctx, 'post', 'last')).toEqual({ post: 1, last: 1 });

    if (!ctx.canProve('runners.http') || !ctx.canProve('mocks.allowed')) return;
    const lastOfHttp = await lastRule(ctx, 'last-of-http');
    const url = `${await relayedUrl(ctx)}/api/v1/webhooks/${keyOf(lastOfHttp)}`;
    const input = { url, method: 'POST', json_body: { payload } };
    await expectWorkflowLink(
      ctx,
      { name: 'post', action: 'core.http_request', input },
      lastOfHttp,
      'data.json.data.event_id',
    );
    expect(runCounts(ctx, 'last-of-http')).toEqual({ 'last-of-http': 1 });
  },
);

claim('T3.8b', NEEDS, 'a chain of three webhooks runs each link once, and ends', async (ctx) => {
  await selectPacks(ctx);
  const third = await lastRule(ctx, 'third', { ...NONCE, level: '{{ event.payload.level }}' });
  const second = await postingRule(ctx, 'second', third, { ...NONCE, level: 3 });
  const first = await postingRule(ctx, 'first', second, { ...NONCE, level: 2 });
  const chain = [first, second, third];

  await first.post({ nonce: ctx.nonce, level: 1 });

  await expectEach(ctx, chain, 1, executionsOf(ctx, third, 1));
  for (const link of chain) await until(executionsOf(ctx, link, 1), ctx.deadline);
  const payloads = (await Promise.all(chain.map((link) => onlyEventOf(ctx, link)))).map((event) => event.payload);
  expect(payloads).toEqual([1, 2, 3].map((level) => ({ nonce: ctx.nonce, level })));
  expect(await receivedBy(ctx, third, 1)).toEqual([{ ...ctx.ledgerInput('third'), nonce: ctx.nonce, level: 3 }]);
  expect(runCounts(ctx, 'first', 'second', 'third')).toEqual({ first: 1, second: 1, third: 1 });
});

claim('T3.8c', NEEDS, 'a computed value reaches the end of its own chain', async (ctx) => {
  await selectPacks(ctx);
  const fields = ['result', 'original', 'run'].map((name) => [name, `{{ event.payload.${name} }}`]);
  const last = await lastRule(ctx, 'last', Object.fromEntries(fields) as Parameters);
  const compute = task(ctx, 'compute', 'double-plus-ten', { number: '{{ parameters.value }}' }, onSuccess('post'));
  const payload = {
    result: '{{ task.compute.data.result }}',
    original: '{{ parameters.value }}',
    run: '{{ parameters.run }}',
  };
  const post = task(ctx, 'post', 'post-webhook', { webhook_key: keyOf(last), payload });
  const parameters = { value: { type: 'integer' }, run: { type: 'string' } };
  const { ref } = await ctx.workflow([compute, post], { name: ctx.name('flow'), parameters });
  const actionParams = { value: '{{ event.payload.value }}', run: '{{ event.payload.run }}' };
  const first = await ctx.webhookRule({ action: ref, actionParams });

  await Promise.all([
    first.post({ value: 5, run: `${ctx.nonce}-a` }),
    first.post({ value: -7, run: `${ctx.nonce}-b` }),
  ]);

  await expectEach(ctx, [first, last], 2, executionsOf(ctx, last, 2));
  const received = await receivedBy(ctx, last, 2);
  expect(received.sort((a, b) => Number(b.result) - Number(a.result))).toStrictEqual([
    { ...ctx.ledgerInput('last'), result: 20, original: 5, run: `${ctx.nonce}-a` },
    { ...ctx.ledgerInput('last'), result: -4, original: -7, run: `${ctx.nonce}-b` },
  ]);
  await until(executionsOf(ctx, first, 2), ctx.deadline);
  expect(runCounts(ctx, 'compute', 'post', 'last')).toEqual({ compute: 2, post: 2, last: 2 });
});

/** Exit codes of the middle, before it posts, and of the last link. */
interface ExitCodes {
  readonly middle: number;
  readonly last: number;
}

/** A rule starts a workflow that exits, or else posts to the webhook of the last rule. */
async function exitingChain(ctx: Context, label: string, { middle, last: lastCode }: ExitCodes) {
  const labels = ['check', 'post', 'last'].map((part) => `${label}-${part}`);
  const [check, post, end] = labels.map((each) => ctx.ledgerInput(each));
  const last = await ctx.webhookRule({ action: 'exit-with', actionParams: { ...end, code: lastCode } });
  const tasks = [
    task(ctx, 'check', 'exit-with', { ...check, code: middle }, onSuccess('post')),
    task(ctx, 'post', 'post-webhook', { ...post, webhook_key: keyOf(last), payload: { nonce: ctx.nonce } }),
  ];
  const { ref } = await ctx.workflow(tasks, { name: ctx.name(label) });
  return { first: await ctx.webhookRule({ action: ref }), last, labels };
}

claim('T3.8d', NEEDS, 'a link that fails ends its chain, and fails no link before it', async (ctx) => {
  await selectPacks(ctx);
  const broken = await exitingChain(ctx, 'broken', { middle: 2, last: 0 });
  const healthy = await exitingChain(ctx, 'healthy', { middle: 0, last: 0 });
  const failing = await exitingChain(ctx, 'failing', { middle: 0, last: 3 });
  const chains = [broken, healthy, failing];

  for (const { first } of chains) await first.post({ nonce: ctx.nonce });
  const ended = async (link: WebhookRule, goal: 'completed' | 'failed') => {
    const [execution] = await until(executionsToBe(goal, 1, ctx.client, startedBy(link)), ctx.deadline);
    return execution!.id;
  };
  const middle = await ended(broken.first, 'failed');
  await ended(failing.first, 'completed');
  await ended(healthy.first, 'completed');
  const lastOfFailing = await ended(failing.last, 'failed');

  const counts = () => Promise.all(chains.flatMap(({ first, last }) => [countsOf(ctx, first), countsOf(ctx, last)]));
  const once = [1, 1];
  await stays(
    counts,
    [once, [0, 0], once, once, once, once],
    executionsOf(ctx, healthy.last, 1),
    ctx.quietMs,
    ctx.deadline,
  );
  expect(await childOf(ctx, middle, 'check')).toMatchObject({ status: 'failed', result: { exit_code: 2 } });
  expect(await ctx.client.executions.children(middle)).toHaveLength(1);
  expect(await until(executionToBe('failed', ctx.client, lastOfFailing), ctx.deadline)).toMatchObject({
    result: { exit_code: 3 },
  });
  expect(runCounts(ctx, ...broken.labels)).toEqual({ 'broken-check': 1, 'broken-post': 0, 'broken-last': 0 });
  expect(runCounts(ctx, ...healthy.labels)).toEqual({ 'healthy-check': 1, 'healthy-post': 1, 'healthy-last': 1 });
  expect(runCounts(ctx, ...failing.labels)).toEqual({ 'failing-check': 1, 'failing-post': 1, 'failing-last': 1 });
});
