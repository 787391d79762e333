// Spec: each inquiry expires by itself, and its task takes the branch of a timeout.
import { secondsBetween } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { logToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { inquiryToBe, taskToCreateInquiry } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../helpers/scenario/polling';
import { waitForAll } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryOfRun, passLifetime, startFlow } from '../../../helpers/scenario/resources/expiring-inquiries';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import { attemptsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onFailure, onSuccess, onTimeout, parallelTask, task } from '../../../helpers/scenario/resources/workflow-task';
import { expectRunsInTime } from '../../../helpers/scenario/time/runs-in-time';

/** Of an inquiry, seconds. */
const LIFETIME = 2;
/** Of one that is answered in time, seconds. */
const LONG_LIFETIME = 6;

const NEEDS = ['inquiries.ask', 'inquiries.expiry', 'executions.intervals', 'ledger.shared'];

const BRANCHES = [...NEEDS, 'workflows.failure_branches'];

/** A workflow whose gate has this timeout, and a branch for it and for a failure. */
const createBranching = async (ctx: Context, timeout: number, n: number): Promise<string> => {
  const after = task(ctx, 'after', 'append-ledger', ctx.ledgerInput(`after-${n}`));
  const gate = inquiryTask({}, { next: [onTimeout('after'), onFailure('failure')], timeout });
  const tasks = [gate, after, task(ctx, 'failure', 'append-ledger')];
  return (await ctx.workflow(tasks, { name: `flow-${n}` })).ref;
};

claim.time('T2.7d', BRANCHES, 'three lifetimes expire independently and in order', async (ctx) => {
  await ctx.pack('e2e');
  const timeouts = [2, 4, 6];
  const refs = await Promise.all(timeouts.map((timeout, n) => createBranching(ctx, timeout, n)));
  const flows = await Promise.all(refs.map((ref) => startFlow(ctx, ref)));
  const statuses = () =>
    Promise.all(flows.map(async ({ inquiry }) => (await ctx.client.inquiries.get(inquiry.id)).status));

  await ctx.time.expectNothingFor(1.999, statuses);
  await ctx.time.pass(4.001);
  const ends = await Promise.all(
    flows.map(({ inquiry }) => until(inquiryToBe('timeout', ctx.client, inquiry.id), ctx.deadline)),
  );
  await waitForAll(
    ctx,
    flows.map(({ id }) => id),
  );
  await expectRunsInTime(ctx, flows[2]!.id, 'completed', { failure: 0, 'after-0': 1, 'after-1': 1, 'after-2': 1 });

  ctx.time.expectSeconds(
    ends.map(({ created, updated }) => secondsBetween(created, updated)),
    timeouts,
  );
});

claim.time('T2.7f', BRANCHES, 'two equal lifetimes expire each once and on time', async (ctx) => {
  await ctx.pack('e2e');
  const names = ['left', 'right'];
  const gates = names.map((name) => ({
    ...inquiryTask({}, { next: [onTimeout(`after-${name}`)], timeout: LIFETIME }),
    name,
  }));
  const after = names.map((name) => task(ctx, `after-${name}`, 'append-ledger'));
  const id = await startWorkflow(ctx, [...gates, ...after]);
  const created = names.map((name) => until(taskToCreateInquiry(name, ctx.client, id), ctx.deadline));
  const inquiries = await Promise.all(created);

  await passLifetime(ctx, LIFETIME, ...inquiries);
  await expectRunsInTime(ctx, id, 'completed', { 'after-left': 1, 'after-right': 1 });

  const [expired, done] = ['timeout', 'completed'];
  await expectTasks(ctx, id, { left: expired, right: expired, 'after-left': done, 'after-right': done });
});

const RETRIES = [...BRANCHES, 'workflows.with_items', 'workflows.retry'];

claim.time('T2.7g', RETRIES, 'a gate that expires asks again as often as its policy allows', async (ctx) => {
  await ctx.pack('e2e');
  const gate = inquiryTask({}, { timeout: LONG_LIFETIME, next: [onSuccess('apply')] });
  const retried = { ...gate, retry: { count: 1, delay: 0 } };
  const id = await startWorkflow(ctx, [retried, task(ctx, 'apply', 'append-ledger')]);

  await passLifetime(ctx, LONG_LIFETIME, await inquiryOfRun(ctx, id, 'gate', 0));
  const { id: second } = await inquiryOfRun(ctx, id, 'gate', 1);
  await ctx.client.inquiries.respond(second, { approved: true });

  await expectRunsInTime(ctx, id, 'completed', { apply: 1 });
  expect((await attemptsOf(ctx, id, 'gate')).map(({ status }) => status)).toEqual(['timeout', 'completed']);
  if (ctx.canProve('executions.log')) {
    const log = await until(logToEnd(ctx.client, id), ctx.deadline);
    const retries = log.filter(({ type }) => type === 'STEP_RETRIED');
    expect(retries.map(({ payload }) => payload)).toMatchObject([{ task: 'gate', retry: 1, reason: 'timeout' }]);
  }
});

claim.time('T2.7i', RETRIES, 'a list of inquiries of which one expires has timed out', async (ctx) => {
  await ctx.pack('e2e');
  const ask = inquiryTask({}, { timeout: LONG_LIFETIME, next: [onSuccess('S'), onTimeout('T')] });
  const list = { ...ask, with_items: '{{ [1, 2] }}', concurrency: 2 };
  const id = await startWorkflow(ctx, [list, ...['S', 'T'].map((name) => task(ctx, name, 'append-ledger'))]);

  const { id: first } = await inquiryOfRun(ctx, id, 'gate', 0);
  const second = await inquiryOfRun(ctx, id, 'gate', 1);
  await ctx.client.inquiries.respond(first, { approved: true });
  await passLifetime(ctx, LONG_LIFETIME, second);

  await expectRunsInTime(ctx, id, 'completed', { S: 0, T: 1 });
  const statuses = (await attemptsOf(ctx, id, 'gate')).map(({ status }) => status);
  expect(statuses.sort()).toEqual(['completed', 'timeout']);
});

claim.time('T2.7h', BRANCHES, 'a parallel task with an expired inquiry does not succeed', async (ctx) => {
  await ctx.pack('e2e');
  const gate = inquiryTask({}, { timeout: LIFETIME });
  const subtasks = [gate, { name: 'beside', action: 'core.noop' }];
  const id = await startWorkflow(ctx, [
    parallelTask('both', subtasks, onSuccess('S'), { do: ['always'] }),
    ...['S', 'always'].map((name) => task(ctx, name, 'append-ledger')),
  ]);

  await passLifetime(ctx, LIFETIME, await until(taskToCreateInquiry('gate', ctx.client, id), ctx.deadline));
  await expectRunsInTime(ctx, id, 'completed', { S: 0, always: 1 });

  await expectTasks(ctx, id, { gate: 'timeout', beside: 'completed', always: 'completed' });
});
