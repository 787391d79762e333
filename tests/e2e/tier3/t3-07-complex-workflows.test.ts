// Spec: a workflow that an event starts joins, branches, recovers and transforms its data exactly.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { inquiryToBe, taskToCreateInquiry } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { expectConcurrent, expectOrder } from '../../../helpers/scenario/expectations';
import { parseInstant } from '../../../helpers/instant';
import { recordedInterval } from '../../../helpers/scenario/intervals';
import { stays, until } from '../../../helpers/scenario/polling';
import {
  descendants,
  onlyChildOfTask,
  statusByTask,
  taskName,
} from '../../../helpers/scenario/resources/child-executions';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { startByEvent } from '../../../helpers/scenario/resources/start-by-event';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { expectRunsAtEnd, paramsOf, runCounts } from '../../../helpers/scenario/resources/workflow-runs';
import { onFailure, onSuccess, task, type Task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.intervals', 'ledger.shared'];

const JOIN = [...NEEDS, 'workflows.join', 'workers.slots'];

/** Three tasks that meet and hold for different times, and `J`, which receives an item of each. */
const joinTasks = (ctx: Context, legs: readonly string[]): Task[] => {
  const meeting = { room: `${ctx.ledger.path}.room`, n: legs.length };
  const items = Object.fromEntries(legs.map((name) => [name, `{{ task.${name}.item }}`]));
  return [
    ...legs.map((name, n) =>
      task(ctx, name, 'wait-for-peers', { ...meeting, hold_ms: 150 * n, item: name }, onSuccess('J')),
    ),
    { ...task(ctx, 'J', 'echo-params', items), join: legs.length },
  ];
};

claim('T3.7a', JOIN, 'three first tasks run together and are joined once', async (ctx) => {
  await ctx.pack('e2e');
  const names = ['one', 'two', 'three'];
  const { ref } = await ctx.workflow(joinTasks(ctx, names));
  const hook = await ctx.webhookRule({ action: ref });

  const id = await startByEvent(ctx, hook, { nonce: ctx.nonce });
  await expectRunsAtEnd(ctx, id, 'completed', { one: 1, two: 1, three: 1, J: 1 });

  const children = await ctx.client.executions.children(id);
  expect(children).toHaveLength(4);
  expect(statusByTask(children)).toEqual({ one: 'completed', two: 'completed', three: 'completed', J: 'completed' });
  const legs = names.map((name) => onlyChildOfTask(name, children));
  expectConcurrent(ctx, legs);
  for (const leg of legs) expectOrder(ctx, [leg, onlyChildOfTask('J', children)]);
  expect(await paramsOf(ctx, id, 'J')).toEqual({ ...ctx.ledgerInput('J'), one: 'one', two: 'two', three: 'three' });
});

const BRANCHES = [...NEEDS, 'workflows.failure_branches'];

/**
 * The rule of a workflow whose task `decide` starts `a` where the flag of the event is true,
 * else `b`.
 */
const decidingRule = async (ctx: Context): Promise<WebhookRule> => {
  const branches = [
    { when: '{{ task.decide.params.flag }}', do: ['a'] },
    { when: '{{ not task.decide.params.flag }}', do: ['b'] },
  ];
  const { ref } = await ctx.workflow([
    task(ctx, 'decide', 'echo-params', { flag: '{{ parameters.flag }}' }, ...branches),
    task(ctx, 'a', 'append-ledger'),
    task(ctx, 'b', 'append-ledger'),
  ]);
  return ctx.webhookRule({ action: ref, actionParams: { flag: '{{ event.payload.flag }}' } });
};

/** The workflow received this flag and ran this branch; each task has so many runs in all. */
const expectBranch = async (
  ctx: Context,
  id: number,
  { flag, branch }: { flag: boolean | null; branch: 'a' | 'b' },
  runs: Readonly<Record<string, number>>,
) => {
  await expectRunsAtEnd(ctx, id, 'completed', runs);
  const statuses = statusByTask(await ctx.client.executions.children(id));
  expect(statuses).toEqual({ decide: 'completed', [branch]: 'completed' });
  expect(await paramsOf(ctx, id, 'decide')).toEqual({ ...ctx.ledgerInput('decide'), flag });
};

claim('T3.7b', BRANCHES, 'a condition on event data starts exactly one of two branches', async (ctx) => {
  await ctx.pack('e2e');
  const hook = await decidingRule(ctx);

  const accepted = await startByEvent(ctx, hook, { flag: true });
  await expectBranch(ctx, accepted, { flag: true, branch: 'a' }, { decide: 1, a: 1, b: 0 });
  const denied = await startByEvent(ctx, hook, { flag: false });
  await expectBranch(ctx, denied, { flag: false, branch: 'b' }, { decide: 2, a: 1, b: 1 });
});

claim('T3.7e', BRANCHES, 'a condition on a field that the event lacks follows the declaration', async (ctx) => {
  await ctx.pack('e2e');
  const hook = await decidingRule(ctx);

  const id = await startByEvent(ctx, hook, { other: true });

  if (ctx.facts.choices.missingValue === 'null')
    await expectBranch(ctx, id, { flag: null, branch: 'b' }, { decide: 1, a: 0, b: 1 });
  else await expectRunsAtEnd(ctx, id, 'failed', { decide: 0, a: 0, b: 0 });
});

/**
 * A workflow whose task fails with code 7, and which returns the value and the code by its
 * recovery.
 */
const recoveringWorkflow = (ctx: Context) => {
  const recovery = { value: '{{ parameters.value }}', code: '{{ result().exit_code }}' };
  return ctx.workflow(
    [task(ctx, 'try', 'exit-with', { code: 7 }, onFailure('recover')), task(ctx, 'recover', 'echo-params', recovery)],
    { name: 'child', output_map: { value: '{{ task.recover.params.value }}', code: '{{ task.recover.params.code }}' } },
  );
};

/** Calls that workflow, and passes what it returned to `after`; `alarm` follows its failure. */
const callingWorkflow = async (ctx: Context) => {
  const { ref: action } = await recoveringWorkflow(ctx);
  const next = [onSuccess('after'), onFailure('alarm')];
  return ctx.workflow([
    { name: 'call', action, input: { value: '{{ parameters.value }}' }, next },
    task(ctx, 'after', 'echo-params', { value: '{{ result().value }}', code: '{{ task.call.code }}' }),
    task(ctx, 'alarm', 'append-ledger'),
  ]);
};

claim('T3.7c', BRANCHES, 'a failure that a child workflow handles never reaches its parent', async (ctx) => {
  await ctx.pack('e2e');
  const { ref } = await callingWorkflow(ctx);
  const hook = await ctx.webhookRule({ action: ref, actionParams: { value: '{{ event.payload.value }}' } });

  const id = await startByEvent(ctx, hook, { value: ctx.nonce });
  await expectRunsAtEnd(ctx, id, 'completed', { try: 1, recover: 1, after: 1, alarm: 0 });

  const nodes = (await descendants(ctx.client, id)).map(({ execution }) => execution);
  const ofTask = (name: string) => onlyChildOfTask(name, nodes);
  expect(nodes.map((node) => [taskName(node), node.parent, node.status])).toEqual([
    ['call', id, 'completed'],
    ['try', ofTask('call').id, 'failed'],
    ['recover', ofTask('call').id, 'completed'],
    ['after', id, 'completed'],
  ]);
  expectOrder(ctx, ['try', 'recover', 'after'].map(ofTask));
  expect(await paramsOf(ctx, id, 'after')).toEqual({ ...ctx.ledgerInput('after'), value: ctx.nonce, code: 7 });
});

const PIPELINE = [...NEEDS, 'inquiries.ask', 'keys.from_actions', 'runtimes.node'];

/**
 * Two tasks make a text, which is stored under the key once `gate` is approved, and then
 * reported.
 */
const pipelineTasks = (ctx: Context, key: string): Task[] => {
  const text = '{{ task.prefix.params.text }}';
  const stored = { ref: key, owner_action_ref: ctx.action('read-key'), value: text };
  const report = { report: text, status: '{{ task.write.status }}', by: '{{ task.gate.response.by }}' };
  return [
    task(ctx, 'upper', 'echo-params', { text: '{{ upper(parameters.text) }}' }, onSuccess('prefix')),
    task(ctx, 'prefix', 'echo-params', { text: 'PREFIX: {{ task.upper.params.text }}' }, onSuccess('gate')),
    inquiryTask({ prompt: `Store "${text}"?` }, { next: [onSuccess('write')] }),
    task(ctx, 'write', 'write-key', stored, onSuccess('report')),
    task(ctx, 'report', 'echo-params', report),
  ];
};

/** While the inquiry is pending, nothing behind its gate runs. */
const expectGateClosed = async (ctx: Context, inquiry: number, key: string) => {
  const behind = async () => ({ runs: runCounts(ctx, 'write', 'report'), key: await ctx.client.keys.getOrNull(key) });
  const pending = inquiryToBe('pending', ctx.client, inquiry);
  await stays(behind, { runs: { write: 0, report: 0 }, key: null }, pending, ctx.quietMs, ctx.deadline);
};

/** When an inquiry was created, and when it was answered. */
interface Gate {
  readonly created: string;
  readonly respondedAt: string;
}

/** The five tasks of the pipeline completed, each after the one before it. */
const expectPipelineOrder = async (ctx: Context, id: number, gate: Gate) => {
  const children = await ctx.client.executions.children(id);
  const completed = ['upper', 'prefix', 'gate', 'write', 'report'].map((name) => [name, 'completed']);
  expect(statusByTask(children)).toEqual(Object.fromEntries(completed));
  const ofTask = (name: string) => onlyChildOfTask(name, children);
  expectOrder(ctx, ['upper', 'prefix', 'write', 'report'].map(ofTask));
  expect(parseInstant(gate.created)).toBeGreaterThanOrEqual(recordedInterval(ofTask('prefix')).finish);
  expect(recordedInterval(ofTask('write')).start).toBeGreaterThanOrEqual(parseInstant(gate.respondedAt));
};

claim('T3.7d', PIPELINE, 'text, approval and store form one pipeline with a known result', async (ctx) => {
  await ctx.pack('e2e');
  await ctx.ownCopy('e2e-api');
  const key = ctx.name('k');
  const { ref } = await ctx.workflow(pipelineTasks(ctx, key));
  const hook = await ctx.webhookRule({ action: ref, actionParams: { text: '{{ event.payload.text }}' } });

  const id = await startByEvent(ctx, hook, { text: `hello ${ctx.nonce}` });
  const inquiry = await until(taskToCreateInquiry('gate', ctx.client, id), ctx.deadline);
  await expectGateClosed(ctx, inquiry.id, key);
  const { responded_at } = await ctx.client.inquiries.respond(inquiry.id, { by: ctx.nonce });
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const report = `PREFIX: HELLO ${ctx.nonce.toUpperCase()}`;
  expect(inquiry.prompt).toBe(`Store "${report}"?`);
  await expectPipelineOrder(ctx, id, { created: inquiry.created, respondedAt: responded_at! });
  expect((await ctx.client.keys.get(key)).value).toBe(report);
  const received = { ...ctx.ledgerInput('report'), report, status: 201, by: ctx.nonce };
  expect(await paramsOf(ctx, id, 'report')).toEqual(received);
});
