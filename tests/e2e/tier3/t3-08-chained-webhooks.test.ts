// Spec: actions start further rules through webhooks, and each link of the chain runs once.
import { startTcpRelay } from '../../../helpers/fixtures/tcp-relay';
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { recordedInterval, sortedAscending, workflowInterval } from '../../../helpers/scenario/intervals';
import { until } from '../../../helpers/scenario/polling';
import {
  executionsOfRule,
  expectCounts,
  keyOf,
  lastRule,
  NONCE,
  onlyEventOf,
  postingRule,
  receivedBy,
  selectChainPacks,
  startedBy,
} from '../../../helpers/scenario/resources/webhook-chain';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { onSuccess, task, type Task } from '../../../helpers/scenario/resources/workflow-task';
import { childOf, runCounts } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['core', 'runtimes.node', 'ledger.shared'];
const ORDERED = [...NEEDS, 'executions.intervals'];

/**
 * A rule that starts a workflow, whose task posts to the webhook of another rule, is fired once.
 * `eventId`: the path of that rule's event in the result of the task.
 */
async function expectWorkflowLink(ctx: Context, post: Task, last: WebhookRule, eventId: string): Promise<void> {
  const workflow = { name: ctx.name('flow'), output_map: { event: `{{ task.post.${eventId} }}` } };
  const { ref } = await ctx.workflow([post], { ...workflow, parameters: { nonce: { type: 'string' } } });
  const first = await ctx.webhookRule({ action: ref, actionParams: NONCE });
  const { event_id: event } = await first.post({ nonce: ctx.nonce });

  await expectCounts(ctx, [first, last], [1, 1], executionsOfRule(ctx, last, 1));
  const [root] = await until(executionsOfRule(ctx, first, 1), ctx.deadline);
  const [end] = await until(executionsOfRule(ctx, last, 1), ctx.deadline);
  const [from, to] = [await ctx.client.events.get(event), await onlyEventOf(ctx, last)];
  expect((await ctx.client.executions.get(root!.id)).result).toMatchObject({ event: to.id });
  expect((await childOf(ctx, root!.id, 'post')).status).toBe('completed');
  expect(await ctx.client.executions.children(root!.id)).toHaveLength(1);
  expect(to.payload).toEqual({ nonce: ctx.nonce });
  expect(await receivedBy(ctx, last, 1)).toMatchObject([{ nonce: ctx.nonce }]);
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

claim('T3.8a', ORDERED, 'a workflow starts another rule once through its webhook', async (ctx) => {
  await selectChainPacks(ctx);
  const last = await lastRule(ctx, 'last');
  const payload = { nonce: '{{ parameters.nonce }}' };
  const post = task(ctx, 'post', 'post-webhook', { webhook_key: keyOf(last), payload });

  await expectWorkflowLink(ctx, post, last, 'data.event');

  expect(runCounts(ctx, 'post', 'last')).toEqual({ post: 1, last: 1 });
});

const BY_HTTP = ['core', 'runners.http', 'mocks.allowed', 'executions.intervals', 'ledger.shared'];

claim('T3.8e', BY_HTTP, 'core.http_request starts another rule once through its webhook', async (ctx) => {
  await ctx.pack('e2e');
  const last = await lastRule(ctx, 'last');
  const url = `${await relayedUrl(ctx)}/api/v1/webhooks/${keyOf(last)}`;
  const input = { url, method: 'POST', json_body: { payload: { nonce: '{{ parameters.nonce }}' } } };
  const post = { name: 'post', action: 'core.http_request', input };

  await expectWorkflowLink(ctx, post, last, 'data.json.data.event_id');

  expect(runCounts(ctx, 'last')).toEqual({ last: 1 });
});

claim('T3.8b', NEEDS, 'a chain of three webhooks runs each link once, and ends', async (ctx) => {
  await selectChainPacks(ctx);
  const third = await lastRule(ctx, 'third', { ...NONCE, level: '{{ event.payload.level }}' });
  const second = await postingRule(ctx, 'second', third, { ...NONCE, level: 3 });
  const first = await postingRule(ctx, 'first', second, { ...NONCE, level: 2 });
  const chain = [first, second, third];

  await first.post({ nonce: ctx.nonce, level: 1 });

  await expectCounts(ctx, chain, [1, 1, 1], executionsOfRule(ctx, third, 1));
  for (const link of chain) await until(executionsOfRule(ctx, link, 1), ctx.deadline);
  const payloads = (await Promise.all(chain.map((link) => onlyEventOf(ctx, link)))).map((event) => event.payload);
  expect(payloads).toEqual([1, 2, 3].map((level) => ({ nonce: ctx.nonce, level })));
  expect(await receivedBy(ctx, third, 1)).toEqual([{ ...ctx.ledgerInput('third'), nonce: ctx.nonce, level: 3 }]);
  expect(runCounts(ctx, 'first', 'second', 'third')).toEqual({ first: 1, second: 1, third: 1 });
});

/**
 * A rule whose workflow computes 2v + 10 of the event's value v, and posts it to `last` with v and
 * the name of the run.
 */
const computingRule = async (ctx: Context, last: WebhookRule): Promise<WebhookRule> => {
  const payload = {
    result: '{{ task.compute.data.result }}',
    original: '{{ parameters.value }}',
    run: '{{ parameters.run }}',
  };
  const tasks = [
    task(ctx, 'compute', 'double-plus-ten', { number: '{{ parameters.value }}' }, onSuccess('post')),
    task(ctx, 'post', 'post-webhook', { webhook_key: keyOf(last), payload }),
  ];
  const parameters = { value: { type: 'integer' }, run: { type: 'string' } };
  const { ref } = await ctx.workflow(tasks, { name: ctx.name('flow'), parameters });
  const actionParams = { value: '{{ event.payload.value }}', run: '{{ event.payload.run }}' };
  return ctx.webhookRule({ action: ref, actionParams });
};

const COMPUTED = {
  result: '{{ event.payload.result }}',
  original: '{{ event.payload.original }}',
  run: '{{ event.payload.run }}',
};

claim('T3.8c', NEEDS, 'a computed value reaches the end of its own chain', async (ctx) => {
  await selectChainPacks(ctx);
  const last = await lastRule(ctx, 'last', COMPUTED);
  const first = await computingRule(ctx, last);
  const [a, b] = [`${ctx.nonce}-a`, `${ctx.nonce}-b`];

  await Promise.all([first.post({ value: 5, run: a }), first.post({ value: -7, run: b })]);

  await expectCounts(ctx, [first, last], [2, 2], executionsOfRule(ctx, last, 2));
  const received = await receivedBy(ctx, last, 2);
  const input = ctx.ledgerInput('last');
  expect(received.sort((one, other) => Number(other.result) - Number(one.result))).toStrictEqual([
    { ...input, result: 20, original: 5, run: a },
    { ...input, result: -4, original: -7, run: b },
  ]);
  await until(executionsOfRule(ctx, first, 2), ctx.deadline);
  expect(runCounts(ctx, 'compute', 'post', 'last')).toEqual({ compute: 2, post: 2, last: 2 });
});

/** Exit codes of the middle, before it posts, and of the last link. */
interface ExitCodes {
  readonly middle: number;
  readonly last: number;
}

/** A rule starts a workflow that exits, or else posts to the webhook of the last rule. */
async function exitingChain(ctx: Context, label: string, codes: ExitCodes) {
  const labels = ['check', 'post', 'last'].map((part) => `${label}-${part}`);
  const [check, post, end] = labels.map((each) => ctx.ledgerInput(each));
  const last = await ctx.webhookRule({ action: 'exit-with', actionParams: { ...end, code: codes.last } });
  const tasks = [
    task(ctx, 'check', 'exit-with', { ...check, code: codes.middle }, onSuccess('post')),
    task(ctx, 'post', 'post-webhook', { ...post, webhook_key: keyOf(last), payload: { nonce: ctx.nonce } }),
  ];
  const { ref } = await ctx.workflow(tasks, { name: ctx.name(label) });
  return { first: await ctx.webhookRule({ action: ref }), last, runs: () => Object.values(runCounts(ctx, ...labels)) };
}

/** The one execution of a rule ended so. */
const onlyExecution = async (ctx: Context, link: WebhookRule, goal: 'completed' | 'failed') => {
  const [{ id } = { id: 0 }] = await until(executionsToBe(goal, 1, ctx.client, startedBy(link)), ctx.deadline);
  return until(executionToBe(goal, ctx.client, id), ctx.deadline);
};

claim('T3.8d', NEEDS, 'a link that fails before it posts ends its chain', async (ctx) => {
  await selectChainPacks(ctx);
  const broken = await exitingChain(ctx, 'broken', { middle: 2, last: 0 });
  const healthy = await exitingChain(ctx, 'healthy', { middle: 0, last: 0 });

  for (const { first } of [broken, healthy]) await first.post({ nonce: ctx.nonce });
  const { id } = await onlyExecution(ctx, broken.first, 'failed');
  await onlyExecution(ctx, healthy.first, 'completed');

  const links = [broken.first, broken.last, healthy.first, healthy.last];
  await expectCounts(ctx, links, [1, 0, 1, 1], executionsOfRule(ctx, healthy.last, 1));
  expect(await childOf(ctx, id, 'check')).toMatchObject({ status: 'failed', result: { exit_code: 2 } });
  expect(await ctx.client.executions.children(id)).toHaveLength(1);
  expect(broken.runs()).toEqual([1, 0, 0]);
  expect(healthy.runs()).toEqual([1, 1, 1]);
});

claim('T3.8f', NEEDS, 'the last link that fails leaves the link before it completed', async (ctx) => {
  await selectChainPacks(ctx);
  const failing = await exitingChain(ctx, 'failing', { middle: 0, last: 3 });

  await failing.first.post({ nonce: ctx.nonce });
  const last = await onlyExecution(ctx, failing.last, 'failed');
  const middle = await onlyExecution(ctx, failing.first, 'completed');

  const fence = executionToBe('completed', ctx.client, middle.id);
  await expectCounts(ctx, [failing.first, failing.last], [1, 1], fence);
  expect(last).toMatchObject({ result: { exit_code: 3 } });
  expect(failing.runs()).toEqual([1, 1, 1]);
});
