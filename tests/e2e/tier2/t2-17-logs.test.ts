// Spec: the log of a workflow has each of its steps once, in order.
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { logToEnd, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { sortedAscending } from '../../../helpers/scenario/intervals';
import { until } from '../../../helpers/scenario/polling';
import { descendants } from '../../../helpers/scenario/resources/child-executions';
import { readExecutions, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { executeToAsk } from '../../../helpers/scenario/resources/inquiry-task';
import { idsOf } from '../../../helpers/scenario/resources/list-filters';
import { childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { noopTask, onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';
import { callApi } from '../support/api-call';

const NEEDS = ['core', 'ledger.shared'];

const LOGGED = [...NEEDS, 'executions.log', 'workflows.retry', 'workflows.failure_branches'];
const CANCELLED = [...LOGGED, 'executions.cancel'];
const INQUIRIES = [...LOGGED, 'inquiries.from_actions'];

/**
 * Runs a workflow whose first task F succeeds at its second attempt, S is skipped, and X fails.
 * Returns its id, its log, and its children.
 */
const runLogged = async (ctx: Context) => {
  await ctx.pack('e2e');
  const input = { key: ctx.ledgerInput('F').key, ledger: ctx.ledger.path, n: 1 };
  const failing = { name: 'F', action: ctx.action('fail-n-times'), input, retry: { count: 1 } };
  const id = await startWorkflow(ctx, [
    { ...failing, next: [onSuccess('S', 'X')] },
    { name: 'S', action: 'core.noop', when: '{{ false }}' },
    task(ctx, 'X', 'exit-with', { code: 3 }),
  ]);
  await waitForStatus(ctx, id, 'failed');
  const entries = await until(logToEnd(ctx.client, id), ctx.deadline);
  return { id, entries, children: await readExecutions(ctx, await ctx.client.executions.children(id)) };
};

/** The log of that workflow: the execution of each entry, its type, and its payload. */
const loggedSteps = (id: number, [first, second, last]: number[]) => [
  [id, 'EXECUTION_STARTED', {}],
  [id, 'STEP_STARTED', { task: 'F' }],
  [first, 'AGENT_INVOKED', { attempt: 1 }],
  [first, 'AGENT_RESPONSE', { status: 'failed', exit_code: 1, error: 'attempt 1\n' }],
  [id, 'STEP_RETRIED', { task: 'F', retry: 1, reason: 'failed', delay_ms: 0 }],
  [second, 'AGENT_INVOKED', { attempt: 1 }],
  [second, 'AGENT_RESPONSE', { status: 'completed', exit_code: 0 }],
  [id, 'STEP_COMPLETED', { task: 'F' }],
  [id, 'STEP_SKIPPED', { task: 'S', reason: 'when' }],
  [id, 'STEP_STARTED', { task: 'X' }],
  [last, 'AGENT_INVOKED', { attempt: 1 }],
  [last, 'AGENT_RESPONSE', { status: 'failed', exit_code: 3, error: 'Command exited with code 3' }],
  [id, 'STEP_FAILED', { task: 'X', status: 'failed' }],
  [id, 'EXECUTION_FAILED', { error: 'Workflow failed: 1 task(s) failed: X' }],
];

/** The pages of a log, each with the numbers of so many entries, until one is the last. */
async function pagesOf({ facts }: Pick<Context, 'facts'>, id: number, limit: number, cursor = ''): Promise<Page[]> {
  const { text } = await callApi(facts.token, 'GET', `/executions/${id}/log?limit=${limit}&cursor=${cursor}`);
  const { data } = JSON.parse(text) as { data: { entries: { seq: number }[]; next: string; ended: boolean } };
  const page = { seqs: data.entries.map(({ seq }) => seq), ended: data.ended };
  return page.ended ? [page] : [page, ...(await pagesOf({ facts }, id, limit, data.next))];
}

interface Page {
  readonly seqs: readonly number[];
  readonly ended: boolean;
}

claim('T2.17f', LOGGED, 'the log of a workflow has each step once, in order', async (ctx) => {
  const { id, entries, children } = await runLogged(ctx);

  const steps = entries.map(({ execution, type, payload }) => [execution, type, payload]);
  expect(steps).toEqual(loggedSteps(id, idsOf(children)));
  const instants = entries.map((entry) => parseInstant(entry.created_at));
  expect(instants).toEqual(sortedAscending(instants));
  const pages = await pagesOf(ctx, id, entries.length / 2);
  expect(pages.map(({ seqs, ended }) => [seqs.length, ended])).toEqual([
    [entries.length / 2, false],
    [entries.length / 2, false],
    [0, true],
  ]);
  expect(pages.flatMap(({ seqs }) => seqs)).toEqual(entries.map(({ seq }) => seq));
});

/** The worker of each entry of a program that ends while its execution waits for a response. */
async function workersOfWaiting(ctx: Context): Promise<unknown> {
  await ctx.pack('e2e-values');
  const { execution, inquiry } = await executeToAsk(ctx, { __inquiry: { prompt: 'Go on?' } });
  await ctx.client.inquiries.respond(inquiry, {});
  await waitForStatus(ctx, execution);
  const entries = await until(logToEnd(ctx.client, execution), ctx.deadline);
  return entries.filter(({ type }) => type.startsWith('AGENT_')).map(({ type, worker }) => [type, worker]);
}

claim('T2.17i', INQUIRIES, 'an entry of a log names its root and worker; a task has its own entries', async (ctx) => {
  const { id, entries, children } = await runLogged(ctx);

  const workers = new Map(children.map((child) => [child.id, child.worker]));
  expect(entries.map(({ worker }) => worker)).toEqual(entries.map(({ execution }) => workers.get(execution) ?? null));
  expect(new Set(entries.map(({ root }) => root))).toEqual(new Set([id]));
  const first = children[0]!.id;
  const ofChild = await ctx.client.executions.log(first);
  expect(ofChild).toEqual(entries.filter(({ execution }) => execution === first));
  const waiting = ['AGENT_INVOKED', 'AGENT_RESPONSE'].map((type) => [type, expect.any(Number) as unknown]);
  expect(await workersOfWaiting(ctx)).toEqual(waiting);
});

/** The starts and ends of a workflow and of its steps. */
const LIFE = /^(?:EXECUTION|STEP)_/;

claim('T2.17l', CANCELLED, 'the log of a cancelled tree has the end of each step once', async (ctx) => {
  const flaky = noopTask('flaky', { input: { exit_code: 1 }, retry: { count: 1, delay: 600 } });
  const inner = await ctx.workflow([flaky], { name: 'inner' });
  const id = await startWorkflow(ctx, [{ name: 'nested', action: inner.ref }]);
  const isPlanned = async () => (await descendants(ctx.client, id)).length === 3;
  await until(predicateToHold('the retry to be planned', isPlanned), ctx.deadline);

  await ctx.client.executions.cancel(id);
  await waitForStatus(ctx, id, 'cancelled');

  const entries = await until(logToEnd(ctx.client, id), ctx.deadline);
  const { id: nested } = await childOf(ctx, id, 'nested');
  const life = entries.filter(({ type }) => LIFE.test(type));
  const steps = life.map(({ execution, type, payload }) =>
    [execution, type, typeof payload.task === 'string' ? payload.task : ''].join(' '),
  );
  const ofWorkflow = (own: number, task: string, ...more: string[]) => [
    ...['EXECUTION_STARTED', 'EXECUTION_CANCELLED'].map((type) => `${own} ${type} `),
    ...['STEP_STARTED', 'STEP_CANCELLED', ...more].map((type) => `${own} ${type} ${task}`),
  ];
  expect(steps.sort()).toEqual([...ofWorkflow(id, 'nested'), ...ofWorkflow(nested, 'flaky', 'STEP_RETRIED')].sort());
});
