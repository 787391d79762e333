// Spec: the transitions of a task fire in their order, by its end, and say so where they cannot.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { logToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { taskToCreateInquiry } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { statusByTask, taskName } from '../../../helpers/scenario/resources/child-executions';
import { passLifetime } from '../../../helpers/scenario/resources/expiring-inquiries';
import { readExecutions, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { noopTask, type Task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'workflows.failure_branches'];

/** The tasks that a workflow has started, oldest first, with what they were given to print. */
const printedBy = async (ctx: Context, id: number) => {
  const children = await readExecutions(ctx, await ctx.client.executions.children(id));
  return children.map((child) => [taskName(child), (child.config ?? {}).message]);
};

claim('T2.11i', NEEDS, 'transitions fire in order, and each has what those before published', async (ctx) => {
  const publish = [{ n: '{{ workflow.n + 1 }}', before: '{{ workflow.n }}' }, 'whole'];
  const next = [
    { publish: [{ n: 1 }], do: ['C'] },
    { when: '{{ false }}', publish: [{ n: 9 }], do: ['X'] },
    { when: '{{ workflow.n == 1 }}', publish, do: ['B', 'C'] },
    { when: 'workflow.n == 2', do: ['D', 'B'] },
  ];
  const input = { message: '{{ workflow.n }} after {{ workflow.before }}, {{ workflow.whole.exit_code }}' };
  const others = ['B', 'C', 'D', 'X'].map((name) => noopTask(name, { input }));
  const id = await startWorkflow(ctx, [noopTask('A', { input: { message: 'first' }, next }), ...others]);

  await waitForStatus(ctx, id);

  const message = '2 after 1, 0';
  expect(await printedBy(ctx, id)).toEqual([['A', 'first'], ...['C', 'B', 'D'].map((name) => [name, message])]);
});

/** Tasks with the older keys. Nothing leads to X. */
const OLDER: Task[] = [
  { ...inquiryTask({}, { timeout: 2 }), on_timeout: 'T', on_success: 'X', on_complete: 'E' },
  noopTask('choice', {
    decision: [
      { next: 'D', default: true },
      { when: '{{ vars.none == 5 }}', next: 'X' },
    ],
  }),
  noopTask('fails', { input: { exit_code: 3 }, on_failure: 'F', on_success: 'X', publish: [{ failed: 'published' }] }),
  noopTask('decides', {
    on_failure: 'X',
    decision: [
      { next: 'X', default: true },
      { when: '{{ vars.none == 5 }}', next: 'X' },
      { when: '{{ succeeded() }}', next: 'G' },
    ],
    publish: [{ decided: '{{ result().exit_code }}' }],
  }),
  noopTask('succeeds', { on_failure: 'X', on_success: 'S', publish: [{ done: '{{ result().exit_code }}' }] }),
  noopTask('last', { publish: [{ last: '{{ result().exit_code }}' }] }),
];

/** A task that fails, publishes and leads nowhere; a later task shows what it has published. */
const PUBLISHING: Task[] = [
  noopTask('fails', { input: { exit_code: 3 }, publish: [{ failed: 'published' }] }),
  { ...inquiryTask({}, { timeout: 2 }), on_timeout: 'shows' },
  noopTask('shows', { input: { message: '{{ vars.failed }}' } }),
];

const OLDER_NEEDS = [...NEEDS, 'inquiries.ask', 'inquiries.expiry'];

claim.time('T2.11j', OLDER_NEEDS, 'the older keys lead on by the end of a task, and publish', async (ctx) => {
  const targets = ['T', 'E', 'D', 'F', 'G', 'S', 'X'].map((name) => noopTask(name));
  const names = ['failed', 'decided', 'done', 'last'];
  const output_map = Object.fromEntries(names.map((name) => [name, `{{ vars.${name} }}`]));
  const vars = { failed: 'none', decided: 'none', done: 'none', last: 'none', none: 0 };
  const id = await startWorkflow(ctx, [...OLDER, ...targets], { vars, output_map });
  const failing = await startWorkflow(ctx, PUBLISHING, { name: 'failing', vars });
  const toAsk = [id, failing].map((each) => until(taskToCreateInquiry('gate', ctx.client, each), ctx.deadline));

  await passLifetime(ctx, 2, ...(await Promise.all(toAsk)));
  const { result } = await waitForStatus(ctx, id);
  await waitForStatus(ctx, failing, 'failed');

  const taken = statusByTask(await ctx.client.executions.children(id));
  const completed = ['choice', 'decides', 'succeeds', 'last', 'T', 'E', 'D', 'F', 'G', 'S'].map((name) => [
    name,
    'completed',
  ]);
  expect(taken).toEqual({ ...Object.fromEntries(completed), gate: 'timeout', fails: 'failed' });
  expect(result).toEqual({ succeeded: true, failed: 'none', decided: 0, done: 0, last: 0 });
  expect((await childOf(ctx, failing, 'shows')).config).toEqual({ message: 'none' });
});

/** Expressions that cannot be evaluated, in each place that has a consequence for it. */
const BROKEN: Task[] = [
  noopTask('A', {
    next: [{ when: '{{ upper(1) }}', publish: [{ p: '{{ [1] - 1 }}', q: 2, kept: '{{ [1] - 1 }}' }], do: ['B'] }],
  }),
  noopTask('B', {
    input: { exit_code: 1 },
    retry: { count: 1, delay: 0, on_error: '{{ result().none > 1 }}' },
    next: [
      { when: '{{ result().none.x }}', do: ['X'] },
      { when: '{{ failed() }}', do: ['C'] },
    ],
  }),
  noopTask('C', {
    with_items: [0, 1],
    input: { exit_code: '{{ index }}' },
    retry: { count: 1, delay: 0, on_error: '{{ result().none > 1 }}' },
    next: [{ when: '{{ failed() }}', do: ['D'] }],
  }),
  noopTask('D'),
  noopTask('X'),
];

const WARNINGS = [
  { task: 'A', when: '{{ upper(1) }}', error: 'upper: argument 1 must be a string, not this number' },
  { task: 'A', publish: 'p', error: '`-` needs two numbers, not array and number' },
  { task: 'A', publish: 'kept', error: '`-` needs two numbers, not array and number' },
  { task: 'B', on_error: '{{ result().none > 1 }}', error: 'Variable not found: result(…).none' },
  { task: 'B', when: '{{ result().none.x }}', error: 'Variable not found: result(…).none' },
  { task: 'C', index: 1, on_error: '{{ result().none > 1 }}', error: 'Variable not found: result(…).none' },
  { output: 'bad', error: '`+` adds two numbers, two strings or two arrays, not number and string: use `string(x)`' },
];

const LOGGED = [...NEEDS, 'workflows.retry', 'executions.log'];

claim('T2.11k', LOGGED, 'what cannot be evaluated is a warning of the log, with its text', async (ctx) => {
  const published = { q: '{{ workflow.q }}', p: '{{ workflow.p | default("none") }}', kept: '{{ workflow.kept }}' };
  const output_map = { bad: '{{ 1 + "a" }}', ...published };
  const id = await startWorkflow(ctx, BROKEN, { output_map, vars: { kept: 'as before' } });

  const { result } = await waitForStatus(ctx, id);

  const entries = await until(logToEnd(ctx.client, id), ctx.deadline);
  const warnings = entries.filter(({ type }) => type === 'WARNING').map(({ payload }) => payload);
  expect(warnings).toEqual(WARNINGS);
  expect(result).toEqual({ succeeded: true, q: 2, p: 'none', kept: 'as before' });
  expect((await printedBy(ctx, id)).map(([name]) => name)).toEqual(['A', 'B', 'B', 'C', 'C', 'C', 'D']);
});
