// Spec: a running workflow has one lease of its executor, which is renewed, and gone at the end.
import type { Context } from '../../../../helpers/scenario/context';
import { executionToBe, logToEnd, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { taskToCreateInquiry } from '../../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { startWithInquiry } from '../../../../helpers/scenario/resources/approvals';
import { inquiryTask } from '../../../../helpers/scenario/resources/inquiry-task';
import { startWorkflow } from '../../../../helpers/scenario/resources/workflow-runs';
import { onSuccess } from '../../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../../support/system-test';
import { openTargetDatabase, type TargetDatabase } from '../../../../helpers/target/target-database';

const test = systemTestNeeding('sql');

interface Lock {
  readonly resource: string;
  readonly owner: string;
  readonly token: number;
  readonly renewals: number;
  /** Expires in the future, and was acquired in the past. */
  readonly valid: boolean;
}

const locks = (database: TargetDatabase, id: number): Promise<Lock[]> =>
  database.query(
    `select resource, owner, fencing_token::int as token, renewals::int,
      expires_at > liveness_now() and acquired_at <= liveness_now() as valid
    from durable.execution_locks where execution_id = $1`,
    [id],
  );

/** Runs a workflow to its second task, which waits. */
async function runToGate(ctx: Context) {
  const first = { name: 'first', action: 'core.noop', next: [onSuccess('gate')] };
  return startWithInquiry(ctx, [first, inquiryTask({})], ctx.name('flow'));
}

const finish = async (ctx: Context, { id, inquiry }: Awaited<ReturnType<typeof runToGate>>): Promise<void> => {
  await ctx.client.inquiries.respond(inquiry.id, { approved: true });
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
};

test('S3-07 a running workflow has a lease, and the next one a larger token', async (ctx) => {
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);

  const first = await runToGate(ctx);
  const [during, ...others] = await locks(database, first.id);
  await finish(ctx, first);
  const after = await locks(database, first.id);
  const second = await runToGate(ctx);
  const [next] = await locks(database, second.id);
  await finish(ctx, second);

  const owner = ctx.facts.instanceId;
  expect(during).toMatchObject({ resource: `workflow:${first.id}`, owner, valid: true });
  expect([others, after]).toEqual([[], []]);
  expect(during!.token).toBeGreaterThan(0);
  expect(next!.token).toBeGreaterThan(during!.token);
});

const STEP = ['STEP_STARTED', 'AGENT_INVOKED', 'AGENT_RESPONSE', 'STEP_COMPLETED'];

test('S3-12 two runs at the same time end with ten events each and no lease', async (ctx) => {
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const next = [onSuccess('two')];
  const { ref } = await ctx.workflow([
    { name: 'one', action: 'core.sleep', input: { seconds: 0.2 }, next },
    { name: 'two', action: 'core.sleep', input: { seconds: 0.2 } },
  ]);

  const started = await Promise.all([1, 2].map(() => ctx.client.executions.execute({ action_ref: ref })));
  const logs = await Promise.all(started.map(({ id }) => until(logToEnd(ctx.client, id), ctx.deadline)));

  const types = ['EXECUTION_STARTED', ...STEP, ...STEP, 'EXECUTION_COMPLETED'];
  expect(logs.map((log) => log.map(({ type }) => type))).toEqual([types, types]);
  expect(await Promise.all(started.map(({ id }) => locks(database, id)))).toEqual([[], []]);
});

/** Of the platform that the suite starts; an attached one may have longer ones. */
const LEASE_MS = 3_000;

test('S3-15 a step of three lifetimes keeps the lease of its executor', async (ctx) => {
  ctx.plan(3 * LEASE_MS);
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const id = await startWorkflow(ctx, [
    { name: 'long', action: 'core.sleep', input: { seconds: (3 * LEASE_MS) / 1_000 }, next: [onSuccess('gate')] },
    inquiryTask({}),
  ]);
  await until(
    predicateToHold('the executor to have the lease', async () => (await locks(database, id)).length > 0),
    ctx.deadline,
  );
  const [before] = await locks(database, id);

  const inquiry = await until(taskToCreateInquiry('gate', ctx.client, id), ctx.deadline);

  const [after, ...others] = await locks(database, id);
  const { renewals, ...kept } = before!;
  expect([after, others]).toEqual([{ ...kept, renewals: expect.any(Number) as number }, []]);
  expect(after!.renewals - renewals).toBeGreaterThanOrEqual(2);
  await finish(ctx, { id, inquiry });
});
