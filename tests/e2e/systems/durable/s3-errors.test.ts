// Spec: what fails a start, a step or its program is named, and a step's retries are its own.
import { mapConcurrently } from '../../../../helpers/in-parallel';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { runCommand } from '../../support/commands/command-line';
import { childOf, startWorkflow } from '../../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task } from '../../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../../support/system-test';
import { openTargetDatabase } from '../../../../helpers/target/target-database';

const test = systemTestNeeding('sql');
const onLedger = systemTestNeeding('sql', 'workflows.retry', 'ledger.shared');

const PASSWORD = 'not-the-password-41';

/** Starts a platform on this database, which ends at once. */
const startOn = (ctx: Context, url: URL) => runCommand(ctx, ['up', '--port', '0', '--database-url', url.href]);

test('S3-19 a start without its database names the address and no password', async (ctx) => {
  const database = new URL(ctx.facts.databaseUrl!);
  const variant = (change: Partial<Pick<URL, 'port' | 'password' | 'pathname'>>) =>
    Object.assign(new URL(database), change);

  const ends = await Promise.all([
    startOn(ctx, variant({ port: '9', password: PASSWORD })),
    startOn(ctx, variant({ password: PASSWORD })),
    startOn(ctx, variant({ pathname: '/missing_41' })),
  ]);

  const location = (port: string, path: string) => `${decodeURIComponent(database.hostname)}:${port}${path}`;
  expect(ends.map(({ code, stdout, stderr }) => [code, stdout, stderr.split(' ').slice(0, 3).join(' ')])).toEqual([
    [3, [], `tuningfork: DB_UNREACHABLE: ${location('9', database.pathname)}`],
    [3, [], `tuningfork: DB_AUTH_FAILED: ${location(database.port, database.pathname)}`],
    [3, [], `tuningfork: DB_MISSING: ${location(database.port, '/missing_41')}`],
  ]);
  const printed = ends.map(({ stderr }) => stderr).join('');
  expect([PASSWORD, decodeURIComponent(database.password)].filter((secret) => printed.includes(secret))).toEqual([]);
});

const STEPS = `select step_name as name, status, retry_count as retries from durable.execution_steps
  where execution_id = $1 order by step_order`;

/** Runs a task that fails this often, then another: the steps, and the starts of the first. */
async function runFlaky(ctx: Context, failures: number, end: 'completed' | 'failed') {
  await ctx.pack('e2e');
  const flaky = {
    ...task(ctx, 'flaky', 'fail-n-times', { n: failures }, onSuccess('after')),
    retry: { count: 2, delay: 0 },
  };
  const id = await startWorkflow(ctx, [flaky, { name: 'after', action: 'core.noop' }]);
  await until(executionToBe(end, ctx.client, id), ctx.deadline);
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const starts = await database.query<{ n: number }>(
    `select count(*)::int as n from durable.execution_events v join execution e on e.id = v.subject_id
    where v.execution_id = $1 and v.type = 'AGENT_INVOKED' and e.task_name = 'flaky'`,
    [id],
  );
  return { steps: await database.query<object>(STEPS, [id]), starts: starts[0]!.n };
}

onLedger('S3-20 the retries of a step are counted in its row, and in no other', async (ctx) => {
  expect(await runFlaky(ctx, 2, 'completed')).toEqual({
    steps: [
      { name: 'flaky', status: 'SUCCESS', retries: 2 },
      { name: 'after', status: 'SUCCESS', retries: 0 },
    ],
    starts: 3,
  });
});

onLedger('S3-20 a step that fails for good has its last retry, and the next has no row', async (ctx) => {
  expect(await runFlaky(ctx, 9, 'failed')).toEqual({
    steps: [{ name: 'flaky', status: 'FAILED', retries: 2 }],
    starts: 3,
  });
});

const LEASES = `select count(*)::int as n from lease
  where resource in (select 'execution:' || id from execution where id = $1 or parent = $1)`;

/** Runs a workflow of this one step, which fails: the step, its worker and what holds a lease. */
async function runStep(ctx: Context, action: string) {
  const id = await startWorkflow(ctx, [{ name: 'step', action: ctx.action(action) }], { name: action });
  await until(executionToBe('failed', ctx.client, id), ctx.deadline);
  const { status, result, worker } = await childOf(ctx, id, 'step');
  const { code, message, error } = result as Record<string, unknown>;
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const [leases] = await database.query<{ n: number }>(LEASES, [id]);
  const locks = await database.query<object>('select * from durable.execution_locks where execution_id = $1', [id]);
  const { state } = await ctx.client.workers.get(worker!);
  return { status, code, text: message ?? error, leases: leases!.n, locks, state };
}

const failedStep = { status: 'failed', leases: 0, locks: [], state: 'online' };

/** What a step of each of these actions is, by the action. */
async function runSteps(ctx: Context, ...actions: readonly string[]) {
  await ctx.pack('e2e-broken');
  return mapConcurrently(actions, actions.length, (action) => runStep(ctx, action));
}

test('S3-23 an action whose import fails is named with the module', async (ctx) => {
  const code = 'ACTION_IMPORT_FAILED';

  expect(await runSteps(ctx, 'py-missing-module', 'node-missing-module', 'node-missing-import')).toEqual([
    { ...failedStep, code, text: `${code}: py-missing-module.py, No module named 'e2e_absent_module'` },
    { ...failedStep, code, text: `${code}: node-missing-module.js, Cannot find module 'e2e-absent-package'` },
    { ...failedStep, code, text: `${code}: node-missing-import.mjs, Cannot find package 'e2e-absent-package'` },
  ]);
});

test('S3-23 a missing permission and a missing interpreter have codes', async (ctx) => {
  const ends = await runSteps(ctx, 'not-executable', 'missing-interpreter');

  const missing = /^Action execution failed: RUNTIME_BINARY_MISSING: .+\/missing-interpreter, it or the interpreter /;
  expect(ends).toEqual([
    {
      ...failedStep,
      code: 'ACTION_NOT_EXECUTABLE',
      text: 'Action execution failed: ACTION_NOT_EXECUTABLE: not-executable, it is not executable: chmod +x',
    },
    { ...failedStep, code: 'RUNTIME_BINARY_MISSING', text: expect.stringMatching(missing) as string },
  ]);
});

test('S3-23 a program that prints the text of an import error has no code', async (ctx) => {
  const [end] = await runSteps(ctx, 'py-print-import-error');

  expect(end).toEqual({ ...failedStep, text: "ModuleNotFoundError: No module named 'e2e_absent_module'\n" });
});
