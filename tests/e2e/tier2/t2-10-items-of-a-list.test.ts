// Spec: each item of a list ends by itself, and all of them decide about their task.
import { writeFileSync } from 'node:fs';
import { claim } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { readExecutions, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryOfRun } from '../../../helpers/scenario/resources/expiring-inquiries';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { indexesOf, itemsOf, range, startEach } from '../../../helpers/scenario/resources/list-task';
import { expectFailedBy } from '../../../helpers/scenario/resources/task-statuses';
import { expectRunsAtEnd, paramsOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import {
  onFailure,
  onSuccess,
  parallelTask,
  task,
  type Parameters,
} from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['workflows.with_items', 'executions.intervals', 'ledger.shared'];
const INQUIRIES = [...NEEDS, 'inquiries.ask'];

claim('T2.10e', NEEDS, 'one failed item fails the task and its siblings still run', async (ctx) => {
  await ctx.pack('e2e');
  const items = range(5).map((n) => (n === 2 ? { code: 4, hold_ms: 0 } : { code: 0, hold_ms: 150 }));
  const input = { code: '{{ item.code }}', hold_ms: '{{ item.hold_ms }}' };
  const each = task(ctx, 'each', 'exit-with', input, onSuccess('Z'));
  const id = await startEach(ctx, 2, items, each, [task(ctx, 'Z', 'append-ledger')]);

  await expectRunsAtEnd(ctx, id, 'failed', { each: 5, Z: 0 });

  const children = await ctx.client.executions.children(id);
  expect(indexesOf(children).sort()).toEqual(range(5));
  const ended = await readExecutions(ctx, await itemsOf(ctx, id));
  const done = 'completed';
  expect(ended.map(({ status }) => status)).toEqual([done, done, 'failed', done, done]);
  expect(ended[2]!.result).toMatchObject({ exit_code: 4 });
  await expectFailedBy(ctx, id, 'each');
});

const RETRIES = [...NEEDS, 'workflows.retry', 'workflows.failure_branches'];

/** Of results of items, for an input of the task after them. */
const OF_ITEMS = {
  attempts: ['{{ result().items[0].attempt }}', '{{ result().items[2].attempt }}'],
  code: '{{ result().items[1].exit_code }}',
  count: '{{ length(result().items) }}',
};

claim('T2.10f', RETRIES, 'each item is retried on its own and judged by its last attempt', async (ctx) => {
  await ctx.pack('e2e');
  const input = { key: `${ctx.ledgerInput('each').key}-{{ index }}`, n: '{{ item.n }}' };
  const flaky = task(ctx, 'each', 'fail-n-times', input, onSuccess('Z'), onFailure('R'));
  const id = await startEach(ctx, 2, [{ n: 0 }, { n: 9 }, { n: 1 }], { ...flaky, retry: { count: 1, delay: 0 } }, [
    task(ctx, 'R', 'echo-params', OF_ITEMS),
    task(ctx, 'Z', 'append-ledger'),
  ]);

  await expectRunsAtEnd(ctx, id, 'completed', { Z: 0 });

  const runs = (await itemsOf(ctx, id)).map(({ workflow_task: of, status }) =>
    [of?.task_index, of?.retry_count, status].join(' '),
  );
  expect(runs.sort()).toEqual(['0 0 completed', '1 0 failed', '1 1 failed', '2 0 failed', '2 1 completed']);
  expect(await paramsOf(ctx, id, 'R')).toEqual({ ...ctx.ledgerInput('R'), attempts: [1, 2], code: 1, count: 3 });
});

const CANCELS = [...NEEDS, 'executions.cancel', 'workflows.failure_branches'];

claim('T2.10g', CANCELS, 'items cancelled while they wait fail their task, and the others run', async (ctx) => {
  await ctx.pack('e2e');
  const gate = `${ctx.ledger.path}.gate`;
  const each = task(ctx, 'each', 'exit-by-attempt', { exits: 'gate0', gate }, onSuccess('Z'), onFailure('R'));
  const branches = ['Z', 'R'].map((name) => task(ctx, name, 'append-ledger'));
  const id = await startEach(ctx, 1, Array<Parameters>(5).fill({}), each, branches);
  await until(
    predicateToHold('the first item to run', () => runsOf(ctx, 'each') === 1),
    ctx.deadline,
  );

  const [, second, third] = await itemsOf(ctx, id);
  for (const item of [second!, third!]) await ctx.client.executions.cancel(item.id);
  writeFileSync(gate, '');

  await expectRunsAtEnd(ctx, id, 'completed', { each: 3, Z: 0, R: 1 });
  const statuses = (await itemsOf(ctx, id)).map(({ status }) => status);
  expect(statuses).toEqual(['completed', 'cancelled', 'cancelled', 'completed', 'completed']);
  const { result } = await ctx.client.executions.get(second!.id);
  expect(result).toEqual({ error: 'Cancelled by user before execution started' });
});

/** Of results of items, for an input of the task after them. */
const OF_DOCUMENTS = {
  count: '{{ length(result().items) }}',
  own: '{{ task.each.items[1].items }}',
  nested: '{{ task.each.items[2].result.n }}',
  succeeded: '{{ result().items[0].succeeded }}',
  last: '{{ [result().same, task.each.same] }}',
};

claim('T2.10h', NEEDS, 'the result of a list has its items, whatever these return', async (ctx) => {
  await ctx.pack('e2e');
  const documents = range(3).map((n) => ({ items: `own ${n}`, succeeded: 'no', result: { n }, same: 'same' }));
  const each = task(ctx, 'each', 'produce-json', { document: '{{ item.text }}' }, onSuccess('after'));
  const items = documents.map((document) => ({ text: JSON.stringify(document) }));
  const id = await startEach(ctx, 3, items, each, [task(ctx, 'after', 'echo-params', OF_DOCUMENTS)]);

  const root = await waitForStatus(ctx, id);

  const expected = { count: 3, own: 'own 1', nested: 2, succeeded: true, last: ['same', 'same'] };
  expect(await paramsOf(ctx, id, 'after')).toEqual({ ...ctx.ledgerInput('after'), ...expected });
  expect(root.result).toMatchObject({ items: documents.map((data) => ({ data, succeeded: true })) });
});

/** Of tasks with inquiries: the keys of the child that ended last, and all items and subtasks. */
const RESPONSES = {
  last: '{{ task.gate.response }}',
  items: '{{ [task.gate.items[0].response, task.gate.items[1].response, task.gate.items[2].response] }}',
  both: '{{ [task.both.one.response, task.both.two.response] }}',
};

claim('T2.10i', INQUIRIES, 'items and subtasks are open together; the last to end has the result', async (ctx) => {
  const gate = { ...inquiryTask({ prompt: '{{ index }} {{ item }}' }), concurrency: 3 };
  const list = { ...gate, with_items: ['a', '{{ parameters.b }}', 'c'] };
  const both = parallelTask(
    'both',
    ['one', 'two'].map((name) => ({ ...inquiryTask({ prompt: name }), name })),
  );
  const id = await startWorkflow(ctx, [list, both], { output_map: RESPONSES }, { parameters: { b: ctx.nonce } });

  const open = [];
  for (const [name, n] of [
    ['gate', 0],
    ['gate', 1],
    ['gate', 2],
    ['one', 0],
    ['two', 0],
  ] as const)
    open.push(await inquiryOfRun(ctx, id, name, n));
  for (const n of [2, 4, 0, 3, 1]) await ctx.client.inquiries.respond(open[n]!.id, { n });
  const { result } = await waitForStatus(ctx, id);

  expect(open.map(({ prompt }) => prompt)).toEqual(['0 a', `1 ${ctx.nonce}`, '2 c', 'one', 'two']);
  const [zero, one, two, three, four] = range(5).map((n) => ({ n }));
  expect(result).toEqual({ succeeded: true, last: one, items: [zero, one, two], both: [three, four] });
});
