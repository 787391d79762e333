// Spec: a paused workflow starts no step until it is resumed, and then goes on where it was.
import { executionToBe, logToEnd, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { taskToCreateInquiry } from '../../../../helpers/scenario/conditions/inquiry-conditions';
import { RestartablePlatform } from '../../support/commands/restartable-platform';
import type { Context } from '../../../../helpers/scenario/context';
import { stays, until } from '../../../../helpers/scenario/polling';
import { taskName } from '../../../../helpers/scenario/resources/child-executions';
import { inquiryTask } from '../../../../helpers/scenario/resources/inquiry-task';
import { runsOf, startWorkflow } from '../../../../helpers/scenario/resources/workflow-runs';
import {
  createWorkflow,
  onSuccess,
  task,
  type AnyTask,
  type Task,
} from '../../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../../support/system-test';
import { openTargetDatabase } from '../../../../helpers/target/target-database';

const test = systemTestNeeding('executions.pause', 'executions.log', 'sql');
const onLedger = systemTestNeeding('executions.pause', 'ledger.shared');
const onHost = systemTestNeeding('executions.pause', 'host.processes');

/** How long a step that is to be in flight at the pause runs, seconds. */
const STEP_SECONDS = 3;
/** How long a retry waits that is to be due in a pause, seconds. */
const RETRY_SECONDS = 3;
/** Of a workflow, seconds. */
const LIMIT = 3;
/** How long nothing may start, ms. */
const QUIET_MS = 4_000;

const LIMIT_SECONDS = 90;

type OnPlatform = Pick<Context, 'client' | 'deadline'>;

const noop = (name: string): Task => ({ name, action: 'core.noop' });
const sleep = (name: string, ...next: string[]): Task => ({
  name,
  action: 'core.sleep',
  input: { seconds: STEP_SECONDS },
  ...(next.length > 0 && { next: [onSuccess(...next)] }),
});

/** Starts a workflow, and waits until these tasks run. Returns its id. */
async function runUntil(ctx: Context, tasks: AnyTask[], ...running: string[]): Promise<number> {
  ctx.plan(STEP_SECONDS * 1_000);
  const id = await startWorkflow(ctx, tasks, { name: ctx.name('flow') });
  await until(tasksToRun(ctx, id, running), ctx.deadline);
  return id;
}

const tasksToRun = ({ client }: Context, id: number, names: readonly string[]) =>
  predicateToHold(`${names.join(', ')} of execution ${id} to run`, async () => {
    const children = await client.executions.children(id);
    return names.every((name) => children.some((child) => taskName(child) === name && child.status === 'running'));
  });

/** The children of a workflow, oldest first, as `task status`. */
const childrenOf = async ({ client }: Pick<Context, 'client'>, id: number): Promise<string[]> =>
  (await client.executions.children(id)).map((child) => `${taskName(child)} ${child.status}`);

/** Requests a pause and waits until it has taken hold. */
async function pause({ client, deadline }: OnPlatform, id: number) {
  await client.executions.pause(id);
  return until(executionToBe('paused', client, id), deadline);
}

/** The children are these and stay so, while an execution requested later runs to its end. */
async function expectQuiet(ctx: Context, id: number, children: readonly string[]): Promise<void> {
  ctx.plan(QUIET_MS);
  const { id: later } = await ctx.client.executions.execute({ action_ref: 'core.noop' });
  const fence = executionToBe('completed', ctx.client, later);
  await stays(() => childrenOf(ctx, id), [...children], fence, QUIET_MS, ctx.deadline);
}

/** Resumes to the end. Returns the types of the whole log. */
async function resumeToEnd({ client, deadline }: OnPlatform, id: number): Promise<string[]> {
  await client.executions.resume(id);
  await until(executionToBe('completed', client, id), deadline);
  return (await until(logToEnd(client, id), deadline)).map(({ type }) => type);
}

async function countLeases(ctx: Context, id: number): Promise<number> {
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  return (await database.query('select from durable.execution_locks where execution_id = $1', [id])).length;
}

const STEP = ['STEP_STARTED', 'AGENT_INVOKED', 'AGENT_RESPONSE', 'STEP_COMPLETED'];

test('S3-24 a pause takes hold after the running step, a resume goes on', async (ctx) => {
  const id = await runUntil(ctx, [sleep('one', 'two'), noop('two')], 'one');

  const paused = await pause(ctx, id);

  expect([paused.finished_at, await countLeases(ctx, id)]).toEqual([null, 0]);
  await expectQuiet(ctx, id, ['one completed']);
  expect(await resumeToEnd(ctx, id)).toEqual([
    ...['EXECUTION_STARTED', ...STEP, 'EXECUTION_PAUSED'],
    ...['EXECUTION_RESUMED', ...STEP, 'EXECUTION_COMPLETED'],
  ]);
});

test('S3-24 a cancel ends a paused execution with its reason', async (ctx) => {
  const { client, deadline } = ctx;
  const id = await runUntil(ctx, [sleep('one', 'two'), noop('two')], 'one');
  await pause(ctx, id);

  await client.executions.cancel(id);

  const cancelled = await until(executionToBe('cancelled', client, id), deadline);
  expect([cancelled.termination_reason, await countLeases(ctx, id)]).toEqual(['stop_requested', 0]);
  const log = await until(logToEnd(client, id), deadline);
  expect(log.map(({ type }) => type)).toEqual([
    ...['EXECUTION_STARTED', ...STEP, 'EXECUTION_PAUSED', 'CANCEL_REQUESTED', 'EXECUTION_CANCELLED'],
  ]);
  expect(await childrenOf(ctx, id)).toEqual(['one completed']);
});

test('S3-24 a pause holds every branch until the last step has ended', async (ctx) => {
  const long = { ...sleep('long', 'after_long'), input: { seconds: 2 * STEP_SECONDS } };
  const tasks = [sleep('short', 'after_short'), noop('after_short'), long, noop('after_long')];
  const id = await runUntil(ctx, tasks, 'short', 'long');

  await pause(ctx, id);

  await expectQuiet(ctx, id, ['short completed', 'long completed']);
  await resumeToEnd(ctx, id);
  expect(await childrenOf(ctx, id)).toEqual(
    ['short', 'long', 'after_short', 'after_long'].map((name) => `${name} completed`),
  );
});

test('S3-24 the items that wait at a pause start at the resume', async (ctx) => {
  const repeated = { ...sleep('each'), with_items: '{{ [1, 2, 3] }}', concurrency: 1 };
  const id = await runUntil(ctx, [repeated], 'each');

  await pause(ctx, id);

  await expectQuiet(ctx, id, ['each completed', 'each requested', 'each requested']);
  ctx.plan(2 * STEP_SECONDS * 1_000);
  expect(await resumeToEnd(ctx, id)).toEqual([
    ...['EXECUTION_STARTED', ...STEP, 'EXECUTION_PAUSED', 'EXECUTION_RESUMED'],
    ...[...STEP, ...STEP, 'EXECUTION_COMPLETED'],
  ]);
});

onLedger.time('S3-24 a retry that is due in a pause starts at the resume', async (ctx) => {
  await ctx.pack('e2e');
  const flaky = { ...task(ctx, 'flaky', 'fail-n-times', { n: 1 }), retry: { count: 1, delay: RETRY_SECONDS } };
  const id = await startWorkflow(ctx, [flaky]);
  const isRetryWaiting = async () => (await childrenOf(ctx, id)).includes('flaky requested');
  await until(predicateToHold('the retry to wait', isRetryWaiting), ctx.deadline);

  await pause(ctx, id);
  await ctx.time.pass(RETRY_SECONDS + 1);

  expect([await childrenOf(ctx, id), runsOf(ctx, 'flaky')]).toEqual([['flaky failed', 'flaky requested'], 1]);
  await resumeToEnd(ctx, id);
  expect([await childrenOf(ctx, id), runsOf(ctx, 'flaky')]).toEqual([['flaky failed', 'flaky completed'], 2]);
});

test('S3-24 a response to an inquiry in a pause is processed at the resume', async (ctx) => {
  const { client, deadline } = ctx;
  const gate = inquiryTask({}, { next: [onSuccess('after')] });
  const id = await startWorkflow(ctx, [gate, noop('after')], { name: ctx.name('flow') });
  const inquiry = await until(taskToCreateInquiry('gate', client, id), deadline);

  await pause(ctx, id);

  expect((await client.inquiries.get(inquiry.id)).status).toBe('pending');
  await client.inquiries.respond(inquiry.id, { approved: true });
  await expectQuiet(ctx, id, ['gate completed']);
  await resumeToEnd(ctx, id);
  expect(await childrenOf(ctx, id)).toEqual(['gate completed', 'after completed']);
});

test('S3-24 a pause holds sub-workflows, and its resume resumes them', async (ctx) => {
  const { client, deadline } = ctx;
  const inner = await ctx.workflow([sleep('one', 'two'), noop('two')], { name: ctx.name('inner') });
  const outer = [{ name: 'inner', action: inner.ref, next: [onSuccess('last')] }, noop('last')];
  const id = await runUntil(ctx, outer, 'inner');
  const [below] = await client.executions.children(id);

  await pause(ctx, id);

  expect((await client.executions.get(below!.id)).status).toBe('paused');
  await expect(client.executions.resume(below!.id)).rejects.toMatchObject({
    status: 409,
    code: 'PARENT_PAUSED',
    body: { details: { path: '/parent', hint: `resume execution ${id}`, parent: id } },
  });
  await resumeToEnd(ctx, id);
  await until(executionToBe('completed', client, below!.id), deadline);
  expect(await childrenOf(ctx, below!.id)).toEqual(['one completed', 'two completed']);
});

test.time('S3-24 the time limit of a workflow goes on while it is paused', async (ctx) => {
  const { client, deadline } = ctx;
  const tasks = [inquiryTask({}, { next: [onSuccess('after')] }), noop('after')];
  const id = await startWorkflow(ctx, tasks, { name: ctx.name('flow'), timeout: LIMIT });
  await until(taskToCreateInquiry('gate', client, id), deadline);
  await pause(ctx, id);

  await ctx.time.expectNothingFor(LIMIT - 0.001, async () => (await client.executions.get(id)).status);
  await ctx.time.pass(0.001);

  const ended = await until(executionToBe('failed', client, id), deadline);
  expect(ended.result).toMatchObject({ timed_out: true, timeout_level: 'workflow', timeout_seconds: LIMIT });
  expect(await childrenOf(ctx, id)).toEqual(['gate cancelled']);
});

test('S3-24 a repeated verb changes nothing, an illegal one is refused', async (ctx) => {
  const { client, deadline } = ctx;
  const { pause: stop, resume } = client.executions;
  const id = await runUntil(ctx, [sleep('one', 'two'), noop('two')], 'one');
  const [step] = await client.executions.children(id);

  const ofAction = await Promise.allSettled([stop(step!.id), resume(step!.id)]);
  const changes = [await resume(id), await stop(id), await stop(id), await resume(id), await resume(id)];
  await until(executionToBe('completed', client, id), deadline);

  expect(changes.map(({ status, changed }) => [status, changed])).toEqual(
    [false, true, false, true, false].map((changed) => ['running', changed]),
  );
  for (const { reason } of ofAction as PromiseRejectedResult[])
    expect(reason).toMatchObject({
      status: 409,
      code: 'EXECUTION_HAS_NO_STEPS',
      body: { details: { path: '/action_ref', hint: expect.stringContaining('cancel') as string } },
    });
  for (const [verb, call] of [['pause', stop(id)] as const, ['resume', resume(id)] as const])
    await expect(call).rejects.toMatchObject({
      status: 409,
      code: 'ILLEGAL_TRANSITION',
      body: { details: { path: '/status', from: 'completed', verb, allowed: [] } },
    });
  const types = (await until(logToEnd(client, id), deadline)).map(({ type }) => type);
  expect(types).toEqual(['EXECUTION_STARTED', ...STEP, ...STEP, 'EXECUTION_COMPLETED']);
});

onHost('S3-24 a killed and restarted platform leaves a paused execution paused', LIMIT_SECONDS, async (ctx) => {
  const platform = await RestartablePlatform.start(ctx, { PLATFORM_LEASE_SECONDS: '2' });
  const onPlatform = () => ({ client: platform.client, deadline: ctx.deadline });
  await platform.client.packs.create({ ref: 'kept', label: 'kept', version: '1.0.0' });
  const gate = inquiryTask({}, { next: [onSuccess('after')] });
  const { ref } = await createWorkflow(platform.client, 'kept', [gate, noop('after')]);
  const { id } = await platform.client.executions.execute({ action_ref: ref });
  const inquiry = await until(taskToCreateInquiry('gate', platform.client, id), ctx.deadline);
  await pause(onPlatform(), id);
  await platform.client.inquiries.respond(inquiry.id, { approved: true });

  await platform.end('SIGKILL');
  await platform.boot({ PLATFORM_STATUS: 'strict' });
  const { id: later } = await platform.client.executions.execute({ action_ref: 'core.noop' });
  await until(executionToBe('completed', platform.client, later), ctx.deadline);
  const shown = [await platform.client.executions.get(id), ...(await platform.client.executions.byStatus('running'))];
  await platform.end('SIGKILL');
  await platform.boot({ PLATFORM_STATUS: 'extended' });

  expect(shown.map((execution) => [execution.id, execution.status])).toEqual([
    [id, 'running'],
    [id, 'running'],
  ]);
  expect((await platform.client.executions.get(id)).status).toBe('paused');
  expect(await childrenOf(onPlatform(), id)).toEqual(['gate completed']);
  await resumeToEnd(onPlatform(), id);
  expect(await childrenOf(onPlatform(), id)).toEqual(['gate completed', 'after completed']);
});
