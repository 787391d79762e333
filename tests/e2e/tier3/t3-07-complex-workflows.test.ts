// Spec: a workflow that an event starts joins, branches, recovers and transforms its data exactly.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { enforcementsToBe, executionsToExist } from '../../../helpers/scenario/conditions/event-conditions';
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
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { expectRunsAtEnd, paramsOf, runCounts } from '../../../helpers/scenario/resources/workflow-runs';
import { onFailure, onSuccess, task, type Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.intervals', 'ledger.shared'];

/** Posts an event. Returns the id of the one execution that its enforcement started. */
const startByEvent = async (ctx: Context, { rule, post }: WebhookRule, payload: Parameters): Promise<number> => {
  const { event_id: event } = await post(payload);
  const [enforcement] = await until(enforcementsToBe(1, ctx.client, { event }), ctx.deadline);
  const filter = { enforcement: enforcement!.id, top_level_only: true };
  const [root] = await until(executionsToExist(1, ctx.client, filter), ctx.deadline);
  expect([enforcement!.rule, root!.enforcement, root!.action_ref]).toEqual([rule.id, enforcement!.id, rule.action_ref]);
  return root!.id;
};

const JOIN = [...NEEDS, 'workflows.join', 'workers.slots'];

claim('T3.7a', JOIN, 'three first tasks run together and are joined once', async (ctx) => {
  await ctx.pack('e2e');
  const legs = ['one', 'two', 'three'];
  const meeting = { room: `${ctx.ledger.path}.room`, n: legs.length };
  const legTask = (name: string, n: number) =>
    task(ctx, name, 'meet-then-hold', { ...meeting, hold_ms: 150 * n, item: name }, onSuccess('J'));
  const items = Object.fromEntries(legs.map((name) => [name, `{{ task.${name}.item }}`]));
  const { ref } = await ctx.workflow([...legs.map(legTask), { ...task(ctx, 'J', 'echo-params', items), join: 3 }]);
  const hook = await ctx.webhookRule({ action: ref });

  const id = await startByEvent(ctx, hook, { nonce: ctx.nonce });
  await expectRunsAtEnd(ctx, id, 'completed', { one: 1, two: 1, three: 1, J: 1 });

  const children = await ctx.client.executions.children(id);
  expect(children).toHaveLength(4);
  expect(statusByTask(children)).toEqual({ one: 'completed', two: 'completed', three: 'completed', J: 'completed' });
  const [first, second, third, join] = [...legs, 'J'].map((name) => onlyChildOfTask(name, children));
  expectConcurrent(ctx, [first!, second!, third!]);
  for (const leg of [first!, second!, third!]) expectOrder(ctx, [leg, join!]);
  expect(await paramsOf(ctx, id, 'J')).toEqual({ ...ctx.ledgerInput('J'), one: 'one', two: 'two', three: 'three' });
});

const BRANCHES = [...NEEDS, 'workflows.failure_branches'];

claim('T3.7b', BRANCHES, 'a condition on event data starts exactly one of two branches', async (ctx) => {
  await ctx.pack('e2e');
  const flag = '{{ task.decide.params.flag }}';
  const branches = [
    { when: flag, do: ['a'] },
    { when: '{{ not task.decide.params.flag }}', do: ['b'] },
  ];
  const { ref } = await ctx.workflow([
    task(ctx, 'decide', 'echo-params', { flag: '{{ parameters.flag }}' }, ...branches),
    task(ctx, 'a', 'append-ledger'),
    task(ctx, 'b', 'append-ledger'),
  ]);
  const hook = await ctx.webhookRule({ action: ref, actionParams: { flag: '{{ event.payload.flag }}' } });
  const expectBranch = async (id: number, value: boolean | null, counts: Record<string, number>) => {
    await expectRunsAtEnd(ctx, id, 'completed', counts);
    const branch = value === true ? 'a' : 'b';
    const statuses = statusByTask(await ctx.client.executions.children(id));
    expect(statuses).toEqual({ decide: 'completed', [branch]: 'completed' });
    expect(await paramsOf(ctx, id, 'decide')).toEqual({ ...ctx.ledgerInput('decide'), flag: value });
  };

  const accepted = await startByEvent(ctx, hook, { flag: true });
  await expectBranch(accepted, true, { decide: 1, a: 1, b: 0 });
  const denied = await startByEvent(ctx, hook, { flag: false });
  await expectBranch(denied, false, { decide: 2, a: 1, b: 1 });
  const undecided = await startByEvent(ctx, hook, { other: true });

  if (ctx.facts.choices.missingValue === 'null') await expectBranch(undecided, null, { decide: 3, a: 1, b: 2 });
  else await expectRunsAtEnd(ctx, undecided, 'failed', { decide: 2, a: 1, b: 1 });
});

claim('T3.7c', BRANCHES, 'a failure that a child workflow handles never reaches its parent', async (ctx) => {
  await ctx.pack('e2e');
  const recovery = { value: '{{ parameters.value }}', code: '{{ result().exit_code }}' };
  const child = await ctx.workflow(
    [task(ctx, 'try', 'exit-with', { code: 7 }, onFailure('recover')), task(ctx, 'recover', 'echo-params', recovery)],
    { name: 'child', output_map: { value: '{{ task.recover.params.value }}', code: '{{ task.recover.params.code }}' } },
  );
  const call = { name: 'call', action: child.ref, input: { value: '{{ parameters.value }}' } };
  const received = { value: '{{ result().value }}', code: '{{ task.call.code }}' };
  const { ref } = await ctx.workflow([
    { ...call, next: [onSuccess('after'), onFailure('alarm')] },
    task(ctx, 'after', 'echo-params', received),
    task(ctx, 'alarm', 'append-ledger'),
  ]);
  const hook = await ctx.webhookRule({ action: ref, actionParams: { value: '{{ event.payload.value }}' } });

  const id = await startByEvent(ctx, hook, { value: ctx.nonce });
  await expectRunsAtEnd(ctx, id, 'completed', { try: 1, recover: 1, after: 1, alarm: 0 });

  const nodes = (await descendants(ctx.client, id)).map(({ execution }) => execution);
  const called = onlyChildOfTask('call', nodes);
  expect(nodes.map((node) => [taskName(node), node.parent, node.status])).toEqual([
    ['call', id, 'completed'],
    ['try', called.id, 'failed'],
    ['recover', called.id, 'completed'],
    ['after', id, 'completed'],
  ]);
  expectOrder(
    ctx,
    ['try', 'recover', 'after'].map((name) => onlyChildOfTask(name, nodes)),
  );
  expect(await paramsOf(ctx, id, 'after')).toEqual({ ...ctx.ledgerInput('after'), value: ctx.nonce, code: 7 });
});

const PIPELINE = [...NEEDS, 'inquiries.ask', 'keys.from_actions', 'runtimes.node'];

claim('T3.7d', PIPELINE, 'text, approval and store form one pipeline with a known result', async (ctx) => {
  await ctx.pack('e2e');
  await ctx.ownCopy('e2e-api');
  const key = ctx.name('k');
  const text = '{{ task.prefix.params.text }}';
  const stored = { ref: key, owner_action_ref: ctx.action('read-key'), value: text };
  const report = { report: text, status: '{{ task.write.status }}', by: '{{ task.gate.response.by }}' };
  const { ref } = await ctx.workflow([
    task(ctx, 'upper', 'echo-params', { text: '{{ upper(parameters.text) }}' }, onSuccess('prefix')),
    task(ctx, 'prefix', 'echo-params', { text: 'PREFIX: {{ task.upper.params.text }}' }, onSuccess('gate')),
    inquiryTask({ prompt: `Store "${text}"?` }, { next: [onSuccess('write')] }),
    task(ctx, 'write', 'write-key', stored, onSuccess('report')),
    task(ctx, 'report', 'echo-params', report),
  ]);
  const hook = await ctx.webhookRule({ action: ref, actionParams: { text: '{{ event.payload.text }}' } });
  const expected = `PREFIX: HELLO ${ctx.nonce.toUpperCase()}`;

  const id = await startByEvent(ctx, hook, { text: `hello ${ctx.nonce}` });
  const inquiry = await until(taskToCreateInquiry('gate', ctx.client, id), ctx.deadline);
  const before = async () => ({ runs: runCounts(ctx, 'write', 'report'), key: await ctx.client.keys.getOrNull(key) });
  const pending = inquiryToBe('pending', ctx.client, inquiry.id);
  await stays(before, { runs: { write: 0, report: 0 }, key: null }, pending, ctx.quietMs, ctx.deadline);
  const { responded_at: respondedAt } = await ctx.client.inquiries.respond(inquiry.id, { by: ctx.nonce });
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  expect(inquiry.prompt).toBe(`Store "${expected}"?`);
  const children = await ctx.client.executions.children(id);
  const [upper, prefix, write, last] = ['upper', 'prefix', 'write', 'report'].map((name) =>
    onlyChildOfTask(name, children),
  );
  const completed = ['upper', 'prefix', 'gate', 'write', 'report'].map((name) => [name, 'completed']);
  expect(statusByTask(children)).toEqual(Object.fromEntries(completed));
  expectOrder(ctx, [upper!, prefix!, write!, last!]);
  expect(parseInstant(inquiry.created)).toBeGreaterThanOrEqual(recordedInterval(prefix!).finish);
  expect(recordedInterval(write!).start).toBeGreaterThanOrEqual(parseInstant(respondedAt!));
  expect((await ctx.client.keys.get(key)).value).toBe(expected);
  const received = echoedParameters(await ctx.client.executions.get(last!.id));
  expect(received).toEqual({ ...ctx.ledgerInput('report'), report: expected, status: 201, by: ctx.nonce });
});
