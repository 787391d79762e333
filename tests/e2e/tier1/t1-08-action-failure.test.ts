// Spec: a failed action is recorded once, with its output, and affects nothing else.
import { secondsBetween } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe, executionsToExist } from '../../../helpers/scenario/conditions/event-conditions';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { durationMs, recordedInterval } from '../../../helpers/scenario/intervals';
import { stays, until } from '../../../helpers/scenario/polling';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import {
  runToEnd,
  waitForAll,
  waitForStatus,
  type Execution,
} from '../../../helpers/scenario/resources/ended-executions';
import { pinToOneWorker, timeoutMarker, timeoutStatus } from '../../../helpers/scenario/resources/execution-limits';
import { outputOf } from '../../../helpers/scenario/resources/output-of';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { childOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { task, type Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];

const TIMED = [...NEEDS, 'executions.intervals'];

const exitCodeOf = async (ctx: Context, id: number) =>
  ((await ctx.client.executions.get(id)).result as { exit_code: number }).exit_code;

/** Exit code and output of an ended execution. */
const outcomeOf = async (ctx: Context, id: number) => ({
  exit: await exitCodeOf(ctx, id),
  out: await outputOf(ctx, id, 'stdout'),
  err: await outputOf(ctx, id, 'stderr'),
});

/** A webhook rule whose action exits with the code and output of the event's payload. */
const exitRule = async (ctx: Context) => {
  await ctx.pack('e2e');
  const payloadField = (name: string) => `{{ event.payload.${name} }}`;
  const params = { code: payloadField('code'), out: payloadField('out'), err: payloadField('err') };
  return ctx.webhookRule({ action: 'exit-with', actionParams: { ...ctx.ledgerInput('row'), ...params } });
};

claim('T1.8a', TIMED, 'exit code 1 fails the execution and records code, stdout and stderr', async (ctx) => {
  const hook = await exitRule(ctx);
  const [out, err] = [`${ctx.nonce}-o`, `${ctx.nonce}-e`];

  await hook.post({ code: 1, out, err });
  const fence = executionsToBe('failed', 1, ctx.client, { rule_ref: hook.rule.ref });
  await stays(() => runsOf(ctx, 'row'), 1, fence, ctx.quietMs, ctx.deadline);

  const runs = await ctx.client.executions.list({ rule_ref: hook.rule.ref });
  expect(runs.map(({ status }) => status)).toEqual(['failed']);
  expect(durationMs(recordedInterval(runs[0]!))).toBeGreaterThanOrEqual(0);
  const { id } = runs[0]!;
  expect(await outcomeOf(ctx, id)).toEqual({ exit: 1, out, err });
  const { result } = await ctx.client.executions.get(id);
  expect(result).toMatchObject({ succeeded: false, exit_code: 1, stdout: out, error: err });
  const enforcements = await ctx.client.enforcements.list({ rule_ref: hook.rule.ref });
  expect(enforcements.map(({ status }) => status)).toEqual(['processed']);
});

/** The result of a new action with this script, which fails. */
const resultOfFailedScript = async (ctx: Context, entrypoint: string) => {
  const action_ref = await createScriptAction(ctx, await ctx.ownPack(), entrypoint);
  const { id } = await ctx.client.executions.execute({ action_ref });
  return (await until(executionToBe('failed', ctx.client, id), ctx.deadline)).result;
};

claim('T1.8g', ['core'], 'a script of an action ends at its first failed command, and has failed', async (ctx) => {
  const lines = `printf ${ctx.nonce}; if false; then exit 3; fi; (exit 6); printf after`;

  const result = await resultOfFailedScript(ctx, lines);

  expect(result).toMatchObject({ succeeded: false, exit_code: 6, stdout: ctx.nonce });
});

claim('T1.8h', ['core'], 'a failure is recorded with its error, however much the program printed', async (ctx) => {
  const flood = "head -c 1500000 /dev/zero | tr '\\0' x";

  const onStdout = await resultOfFailedScript(ctx, `${flood}; printf ${ctx.nonce} >&2; exit 4`);
  const onStderr = await resultOfFailedScript(ctx, `{ printf ${ctx.nonce}; ${flood}; } >&2; exit 5`);

  const stdout = expect.stringMatching(/^x{1000}/) as string;
  expect(onStdout).toMatchObject({ succeeded: false, exit_code: 4, error: ctx.nonce, stdout });
  const error = expect.stringMatching(`^${ctx.nonce}x{1000}`) as string;
  expect(onStderr).toMatchObject({ succeeded: false, exit_code: 5, error });
});

/** The outcomes of a rule's executions, in the order of their events. */
const outcomesByEvent = async (ctx: Context, { rule }: WebhookRule, events: readonly number[]) => {
  const executions = await ctx.client.executions.list({ rule_ref: rule.ref });
  const enforcements = await ctx.client.enforcements.list({ rule_ref: rule.ref });
  const eventOf = new Map(enforcements.map(({ id, event }) => [id, event ?? -1]));
  const rows = executions.map(async ({ id, enforcement }) => ({
    row: events.indexOf(eventOf.get(enforcement ?? -1) ?? -1),
    ...(await outcomeOf(ctx, id)),
  }));
  return (await Promise.all(rows)).sort((a, b) => a.row - b.row);
};

claim('T1.8b', NEEDS, 'concurrent executions keep their own exit codes and output', async (ctx) => {
  const hook = await exitRule(ctx);
  const payloads = [3, 0, 4, 5].map((code, n) => ({ code, out: `${ctx.nonce}-o${n}`, err: `${ctx.nonce}-e${n}` }));

  const posts = await Promise.all(payloads.map((payload) => hook.post(payload)));
  const filter = { rule_ref: hook.rule.ref };
  const countOf = async (status: string) => (await ctx.client.executions.list({ ...filter, status })).length;
  await until(executionsToExist(1, ctx.client, { ...filter, status: 'completed' }), ctx.deadline);
  const failed = executionsToExist(3, ctx.client, { ...filter, status: 'failed' });
  const counts = async () => [await countOf('failed'), await countOf('completed')];
  await stays(counts, [3, 1], failed, ctx.quietMs, ctx.deadline);

  const outcomes = await outcomesByEvent(
    ctx,
    hook,
    posts.map(({ event_id: event }) => event),
  );
  expect(outcomes).toEqual(payloads.map(({ code, out, err }, row) => ({ row, exit: code, out, err })));
  expect(runsOf(ctx, 'row')).toBe(4);
});

const startAction = (ctx: Context, action: string, parameters: Parameters) =>
  ctx.client.executions.execute({
    action_ref: ctx.action(action),
    parameters: { ...ctx.ledgerInput(action), ...parameters },
    ...pinToOneWorker(ctx.facts.capabilities),
  });

claim('T1.8c', NEEDS, 'each exit code is recorded unchanged', async (ctx) => {
  await ctx.pack('e2e');
  const signals = Array.from({ length: 16 }, (_, n) => 128 + n); // as a shell reports them
  const codes = [0, 1, 2, 77, 126, 127, ...signals, 159, 255];

  const started = await Promise.all(codes.map((code) => startAction(ctx, 'exit-with', { code })));
  const results = await Promise.all(
    started.map(({ id }, n) => waitForStatus(ctx, id, codes[n] === 0 ? 'completed' : 'failed')),
  );
  const noop = await runToEnd(ctx, 'core.noop', { exit_code: 255 }, 'failed');

  expect(results.map(({ status }) => status)).toEqual(['completed', ...Array<string>(23).fill('failed')]);
  expect(results.map(({ result }) => result)).toMatchObject(codes.map((code) => ({ exit_code: code })));
  expect(noop.result).toMatchObject({ exit_code: 255 });
});

const LIMITS = [...TIMED, 'workflows.task_timeout', 'executions.timeout'];

/** How long the fixture runs if it is not stopped, ms. */
const LONG_MS = 30_000;

const LIMIT_SECONDS = 3;

/** The status of an execution, whether it has timed out, and its exit code if it has one. */
const markOf = (ctx: Context, execution: Execution) => {
  const { exit_code: code } = execution.result as { exit_code: unknown };
  const exit = isExitCode(code) ? code : 'none';
  return { status: execution.status, isTimedOut: timeoutMarker(execution, ctx.facts.capabilities).isTimedOut, exit };
};

const isExitCode = (code: unknown): boolean => typeof code === 'number' && code >= 0 && code <= 255;

claim.time('T1.8d', LIMITS, 'a time-out and an ordinary failure have different markers', async (ctx) => {
  await ctx.pack('e2e');
  const limited = { ...task(ctx, 'slow', 'sleep-for', { ms: LONG_MS }), timeout: LIMIT_SECONDS };
  const slowFlow = await startWorkflow(ctx, [limited], { name: 'limited' });
  const failingFlow = await startWorkflow(ctx, [task(ctx, 'bad', 'exit-with', { code: 1 })], { name: 'failing' });
  const isRunning = async () => (await childOf(ctx, slowFlow, 'slow')).status === 'running';
  await until(executionsToBe('running', 1, ctx.client, { parent: slowFlow }), ctx.deadline);

  await ctx.time.expectNothingFor(LIMIT_SECONDS - 0.001, isRunning, { settle: false });
  await ctx.time.pass(0.001, { settle: false });
  await waitForAll(ctx, [slowFlow, failingFlow], 'failed');

  const [slow, bad] = [await childOf(ctx, slowFlow, 'slow'), await childOf(ctx, failingFlow, 'bad')];
  const expected = { status: timeoutStatus(ctx.facts.choices), isTimedOut: true, exit: 'none' };
  expect(markOf(ctx, slow)).toEqual(expected);
  expect(markOf(ctx, bad)).toEqual({ status: 'failed', isTimedOut: false, exit: 1 });
  ctx.time.expectSeconds([secondsBetween(slow.started_at ?? '', slow.finished_at ?? '')], [LIMIT_SECONDS]);
});

/** Of an execution that runs while others fail, ms. */
const NEIGHBOR_MS = 1_500;

/** Runs an action on the worker of the claim to this end. */
const runOnWorker = async (ctx: Context, goal: 'completed' | 'failed', action: string, parameters: Parameters = {}) =>
  waitForStatus(ctx, (await startAction(ctx, action, parameters)).id, goal);

/** What `print-parent-process` printed: pid and start time of the worker. */
const parentProcess = ({ result }: Execution) => (result as { data: unknown }).data;

claim('T1.8e', [...NEEDS, 'workers.pin'], 'a worker completes work after five failed executions', async (ctx) => {
  const pack = await ctx.ownCopy('e2e'); // its executions are counted
  const before = await runOnWorker(ctx, 'completed', 'print-parent-process');
  const neighbor = await startAction(ctx, 'sleep-for', { ms: NEIGHBOR_MS });

  const failed = [];
  for (const code of [1, 2, 3, 4, 5]) failed.push(await runOnWorker(ctx, 'failed', 'exit-with', { code }));
  const succeeded = await runOnWorker(ctx, 'completed', 'echo-params', { nonce: ctx.nonce });
  const after = await runOnWorker(ctx, 'completed', 'print-parent-process');
  const undisturbed = await waitForStatus(ctx, neighbor.id);

  expect(failed.map(({ result }) => result)).toMatchObject([1, 2, 3, 4, 5].map((code) => ({ exit_code: code })));
  expect(echoedParameters(succeeded)).toEqual({ ...ctx.ledgerInput('echo-params'), nonce: ctx.nonce });
  expect(parentProcess(after)).toEqual(parentProcess(before));
  expect(runsOf(ctx, 'sleep-for')).toBe(1); // a worker that is started again ends what it runs
  expect(before.worker).not.toBeNull();
  const workers = [...failed, succeeded, after, undisturbed].map(({ worker }) => worker);
  expect(workers).toEqual(Array(8).fill(before.worker));
  const statuses = (await ctx.client.executions.list({ pack_name: pack.ref })).map(({ status }) => status).join(' ');
  expect(statuses).toBe(`completed completed ${'failed '.repeat(5)}completed completed`);
});
