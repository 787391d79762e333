// Spec: a failed task is retried as a new execution, up to its count, if its condition holds.
import { secondsBetween } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { expectAttempts, expectOrder } from '../../../helpers/scenario/expectations';
import { taskName } from '../../../helpers/scenario/resources/child-executions';
import { readExecutions, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { startFlaky } from '../../../helpers/scenario/resources/flaky-task';
import { childrenByTask, expectFailedBy } from '../../../helpers/scenario/resources/task-statuses';
import {
  attemptsOf,
  expectRunsAtEnd,
  paramsOf,
  runsOf,
  startWorkflow,
} from '../../../helpers/scenario/resources/workflow-runs';
import { task, type Task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['workflows.retry', 'executions.intervals', 'ledger.shared'];

claim.concurrent('T2.8a', NEEDS, 'two failures and a success use three of four allowed attempts', async (ctx) => {
  const id = await startFlaky(ctx, 2, { count: 3, delay: 0 });

  await waitForStatus(ctx, id);

  const attempts = await attemptsOf(ctx, id, 'flaky');
  expectAttempts(id, attempts, ['failed', 'failed', 'completed']);
  expect(attempts.map(({ workflow_task }) => workflow_task?.max_retries)).toEqual([3, 3, 3]);
  expectOrder(ctx, [...attempts, ...(await childrenByTask(ctx, id, 'after'))]);
  expect(await paramsOf(ctx, id, 'after')).toEqual({ ...ctx.ledgerInput('after'), attempt: 3 });
  expect(runsOf(ctx, 'flaky')).toBe(3);
});

claim.concurrent('T2.8g', NEEDS, 'a success at the last allowed attempt completes the workflow', async (ctx) => {
  const id = await startFlaky(ctx, 2, { count: 2, delay: 0 });

  await waitForStatus(ctx, id);

  expectAttempts(id, await attemptsOf(ctx, id, 'flaky'), ['failed', 'failed', 'completed']);
  expect(runsOf(ctx, 'flaky')).toBe(3);
});

claim.concurrent('T2.8b', NEEDS, 'a task that always fails ends failed after its last allowed retry', async (ctx) => {
  const id = await startFlaky(ctx, 99, { count: 2, delay: 0 });

  await expectRunsAtEnd(ctx, id, 'failed', { flaky: 3, after: 0 });

  const children = await readExecutions(ctx, await ctx.client.executions.children(id));
  expect(children.map(({ status, result }) => ({ status, result }))).toMatchObject(
    [1, 2, 3].map((k) => ({ status: 'failed', result: { error: `attempt ${k}\n`, exit_code: 1 } })),
  );
  const runs = children.map((child) => [taskName(child), child.workflow_task?.retry_count]);
  expect(runs).toEqual([0, 1, 2].map((retry) => ['flaky', retry]));
  await expectFailedBy(ctx, id, 'flaky');
});

const DELAY_SECONDS = 10;

claim.time('T2.8c', NEEDS, 'a task that succeeds at once is not retried', async (ctx) => {
  const id = await startFlaky(ctx, 0, { count: 3, delay: DELAY_SECONDS });

  const root = await waitForStatus(ctx, id);
  await ctx.time.expectNothingFor(DELAY_SECONDS, () => runsOf(ctx, 'flaky'));

  const [attempt, after] = await childrenByTask(ctx, id, 'flaky', 'after');
  expectAttempts(id, [attempt!], ['completed']);
  expect(runsOf(ctx, 'flaky')).toBe(1);
  const waited = [attempt, after].map((each) => secondsBetween(root.created, each?.started_at ?? ''));
  expect(waited.map((seconds) => seconds >= DELAY_SECONDS)).toEqual([false, false]);
});

/** A task that exits with this code, and is retried while the condition holds. */
const failingTask = (ctx: Context, name: string, code: number, count: number, on_error: string, out = ''): Task => ({
  ...task(ctx, name, 'exit-with', { code, ...(out && { out }) }),
  retry: { count, delay: 0, on_error },
});

claim.concurrent('T2.8i', NEEDS, 'no attempt follows where the condition of the policy is false', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startWorkflow(ctx, [
    failingTask(ctx, 'unmet', 4, 2, '{{ result().exit_code != 4 }}'),
    failingTask(ctx, 'met', 5, 2, '{{ result().exit_code != 4 }}'),
    failingTask(ctx, 'invalid', 4, 1, '{{ result().no_such }}'), // which does not end the attempts
    failingTask(ctx, 'printed', 4, 2, '{{ result().fatal != true }}', '{"fatal": true}'),
  ]);

  await expectRunsAtEnd(ctx, id, 'failed', { unmet: 1, met: 3, invalid: 2, printed: 1 });

  const attempts = await Promise.all(['unmet', 'met', 'invalid'].map((name) => attemptsOf(ctx, id, name)));
  const statuses = attempts.map((each) => each.map(({ status }) => status));
  expect(statuses).toEqual([1, 3, 2].map((n) => Array<string>(n).fill('failed')));
});
