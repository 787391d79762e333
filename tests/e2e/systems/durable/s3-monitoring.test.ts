// Spec: the command `events tail` prints each entry of a run once, in order, and ends with it.
import { startTcpRelay } from '../../../../helpers/fixtures/tcp-relay';
import { parseInstant } from '../../../../helpers/instant';
import { executionToBe, logToEnd, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { taskToCreateInquiry } from '../../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { runCommand, startCommand, type PrintedLine } from '../../support/commands/command-line';
import { inquiryTask } from '../../../../helpers/scenario/resources/inquiry-task';
import { startWorkflow } from '../../../../helpers/scenario/resources/workflow-runs';
import { onSuccess } from '../../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../../support/system-test';
import { openTargetDatabase } from '../../../../helpers/target/target-database';

const test = systemTestNeeding('executions.log');

/** What an operator sees as live, ms. */
const LIVE_SECONDS = 1;

const parse = ({ text, at }: PrintedLine) => ({ entry: JSON.parse(text) as { created_at: string; type: string }, at });

test('S3-22 events tail follows a run to its end through a lost connection', async (ctx) => {
  const { hostname, port, protocol } = new URL(ctx.facts.url);
  await using relay = await startTcpRelay(hostname, Number(port));
  const id = await startWorkflow(ctx, [
    { name: 'first', action: 'core.noop', next: [onSuccess('gate')] },
    inquiryTask({}),
  ]);
  const inquiry = await until(taskToCreateInquiry('gate', ctx.client, id), ctx.deadline);
  const target = `${protocol}//127.0.0.1:${relay.port}`;
  const tail = startCommand(ctx, ['events', 'tail', '--execution', String(id), '--target', target, '--json']);
  const beforeCut = (await ctx.client.executions.log(id)).length;
  await until(
    predicateToHold('the entries so far to be printed', () => tail.lines.length >= beforeCut),
    ctx.deadline,
  );

  relay.cut();
  await ctx.client.inquiries.respond(inquiry.id, { approved: true });
  const log = await until(logToEnd(ctx.client, id), ctx.deadline);
  await until(
    predicateToHold('a read of the tail to fail', () => relay.refused() > 0),
    ctx.deadline,
  );
  const printedDuringCut = tail.lines.length;
  relay.restore();

  expect(await tail.ended).toEqual({ code: 0, stderr: '' });
  expect(printedDuringCut).toBeLessThan(log.length);
  expect(tail.lines.map((line) => parse(line).entry)).toEqual(log);
});

test('S3-22 events tail prints an entry within a second of its time', async (ctx) => {
  const id = await startWorkflow(ctx, [inquiryTask({})]);
  const inquiry = await until(taskToCreateInquiry('gate', ctx.client, id), ctx.deadline);
  const tail = startCommand(ctx, ['events', 'tail', '--execution', String(id), '--target', ctx.facts.url, '--json']);
  await until(
    predicateToHold('a first entry to be printed', () => tail.lines.length > 0),
    ctx.deadline,
  );

  await ctx.client.inquiries.respond(inquiry.id, { approved: true });

  expect((await tail.ended).code).toBe(0);
  const { entry, at } = parse(tail.lines.at(-1)!);
  expect(entry.type).toBe('EXECUTION_COMPLETED');
  ctx.expectAtMost(LIVE_SECONDS, (at - parseInstant(entry.created_at)) / 1_000);
});

const onDatabase = systemTestNeeding('executions.durations', 'sql');

onDatabase('S3-21 durations are what the rows of the runs contain', async (ctx) => {
  const { ref } = await ctx.workflow(
    [{ name: 'only', action: 'core.sleep', input: { seconds: '{{ parameters.seconds }}' } }],
    { cancellation_policy: 'cancel_running' },
  );
  const start = async (seconds: number | string) =>
    (await ctx.client.executions.execute({ action_ref: ref, parameters: { seconds } })).id;
  const completed = await Promise.all([start(0), start(0.1), start(0.2)]);
  const failed = await start('none');
  const running = await start(60);
  for (const id of completed) await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  await until(executionToBe('failed', ctx.client, failed), ctx.deadline);
  await until(executionToBe('running', ctx.client, running), ctx.deadline);
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);

  const all = await ctx.client.executions.durations({ action_ref: ref });
  const successes = await ctx.client.executions.durations({ action_ref: ref, status: 'completed' });

  const rows = await database.query<{ id: number; ms: number | null }>(
    `select id::int, extract(epoch from completed_at - started_at)::double precision * 1000 as ms
    from durable.executions where workflow = $1 order by id desc`,
    [ref],
  );
  expect(all.map(({ id, duration_ms }) => ({ id, ms: duration_ms }))).toEqual(rows);
  expect(all.find(({ id }) => id === running)).toMatchObject({ status: 'running', duration_ms: null });
  expect(successes.map(({ id }) => id).sort()).toEqual([...completed].sort());
  expect(successes.filter(({ duration_ms }) => duration_ms === null || duration_ms < 0)).toEqual([]);
});

test('S3-22 events tail names an execution that it may not see', async (ctx) => {
  const args = ['events', 'tail', '--execution', '999999999', '--target', ctx.facts.url];

  const { code, stdout, stderr } = await runCommand(ctx, args);

  const line = 'tuningfork: EXECUTION_NOT_FOUND: no execution 999999999 is visible here\n';
  expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: [], stderr: line });
});
