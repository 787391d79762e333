// Spec: a failed action is recorded once, with its output, and affects nothing else.
import { expectPromised, planDetectableMs } from '../../../helpers/scenario/upper-bound';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { executionsToBe, executionsToExist } from '../../../helpers/scenario/conditions/event-conditions';
import { CLOCK_RESOLUTION_MS, durationMs, recordedInterval } from '../../../helpers/scenario/intervals';
import { outputOf } from '../../../helpers/scenario/resources/output-of';
import { pinToOneWorker, timeoutMarker, timeoutStatus } from '../../../helpers/scenario/resources/execution-limits';
import { stays, until } from '../../../helpers/scenario/polling';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { task, type Parameters } from '../../../helpers/scenario/resources/workflow-task';
import { childOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';

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

claim('T1.8b', NEEDS, 'concurrent executions keep their own exit codes and output', async (ctx) => {
  const hook = await exitRule(ctx);
  const codes = [3, 0, 4, 5];
  const payloads = codes.map((code, n) => ({ code, out: `${ctx.nonce}-o${n}`, err: `${ctx.nonce}-e${n}` }));

  const posts = await Promise.all(payloads.map((payload) => hook.post(payload)));
  const eventIds = posts.map(({ event_id: event }) => event);
  const runs = async (status: string) => ctx.client.executions.list({ rule_ref: hook.rule.ref, status });
  const filter = { rule_ref: hook.rule.ref };
  const succeeded = executionsToExist(1, ctx.client, { ...filter, status: 'completed' });
  const failed = executionsToExist(3, ctx.client, { ...filter, status: 'failed' });
  await until(succeeded, ctx.deadline);
  const counts = async () => ({
    failed: (await runs('failed')).length,
    completed: (await runs('completed')).length,
  });
  await stays(counts, { failed: 3, completed: 1 }, failed, ctx.quietMs, ctx.deadline);

  const all = await ctx.client.executions.list({ rule_ref: hook.rule.ref });
  const enforcements = await ctx.client.enforcements.list({ rule_ref: hook.rule.ref });
  const rowOf = (enforcement: number | null) =>
    eventIds.indexOf(enforcements.find(({ id }) => id === enforcement)?.event ?? -1);
  const results = await Promise.all(
    all.map(async ({ id, enforcement }) => ({ row: rowOf(enforcement), ...(await outcomeOf(ctx, id)) })),
  );
  const inOrder = results.sort((a, b) => a.row - b.row);
  expect(inOrder).toEqual(payloads.map(({ code, out, err }, row) => ({ row, exit: code, out, err })));
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
  const noop = await ctx.client.executions.execute({ action_ref: 'core.noop', parameters: { exit_code: 255 } });
  const goals = codes.map((code) => (code === 0 ? 'completed' : 'failed'));
  const results = await Promise.all(
    started.map(({ id }, n) => until(executionToBe(goals[n]!, ctx.client, id), ctx.deadline)),
  );

  expect(results.map(({ status }) => status)).toEqual(['completed', ...Array<string>(23).fill('failed')]);
  expect(results.map(({ result }) => result)).toMatchObject(codes.map((code) => ({ exit_code: code })));
  const { result } = await until(executionToBe('failed', ctx.client, noop.id), ctx.deadline);
  expect(result).toMatchObject({ exit_code: 255 });
});

const isExitCode = (code: unknown): boolean => typeof code === 'number' && code >= 0 && code <= 255;

const FIVE_LINES = 'one\n\nthree\nfour\nfive\n';
/** Neither UTF-8 nor a text of PostgreSQL. */
const BYTES = Buffer.from([0x61, 0x00, 0xff, 0x62]);

/** What a program writes before it fails, and the texts of the result. */
const FAILURES: readonly { out?: string | Buffer; err?: string; stdout?: unknown; error: string }[] = [
  { err: FIVE_LINES, error: FIVE_LINES },
  { err: `${FIVE_LINES}six\n`, error: 'six\n' },
  { out: '{"a": 1}\n\n', err: 'e', stdout: '{"a": 1}\n\n', error: 'e' },
  { out: 'a\nb\n', stdout: 'a\nb\n', error: 'Command exited with code 4' },
  { out: BYTES, stdout: expect.stringMatching(/^a.+b$/u), error: 'Command exited with code 5' },
];

claim('T1.8f', NEEDS, 'the result of a failed program holds its output as it was written', async (ctx) => {
  await ctx.pack('e2e');
  const encode = (written: string | Buffer = '') => Buffer.from(written).toString('base64');
  const rows = FAILURES.map((row, n) => ({ ...row, code: n + 1 }));
  const started = await Promise.all(
    rows.map(({ out, err, code }) => {
      const streams = { encoded_out: encode(out), encoded_err: encode(err) };
      return startAction(ctx, 'exit-with', { ...streams, code });
    }),
  );
  const killed = await startAction(ctx, 'exit-with', { signal: 'KILL' });
  const ended = await Promise.all(
    [...started, killed].map(({ id }) => until(executionToBe('failed', ctx.client, id), ctx.deadline)),
  );

  const bySignal = ended.pop()!.result as Parameters;
  expect(ended.map(({ result }) => result)).toEqual(
    rows.map(({ code, error, stdout, err }) => ({
      ...{ succeeded: false, exit_code: code, error, duration_ms: expect.any(Number) as number },
      ...(stdout !== undefined && { stdout }),
      ...(err !== undefined && { stderr_log: expect.any(String) as string }),
    })),
  );
  expect(bySignal).toMatchObject({ succeeded: false, error: expect.stringContaining('Action execution failed') });
  expect(isExitCode(bySignal.exit_code)).toBe(false);
});

const LIMITS = [...TIMED, 'workflows.task_timeout', 'executions.timeout'];
/** How long the fixture runs if it is not stopped, ms. */
const LONG_MS = 30_000;

claim.concurrent('T1.8d', LIMITS, 'a time-out and an ordinary failure have different markers', async (ctx) => {
  await ctx.pack('e2e');
  const { killGraceMs } = ctx.facts;
  const limitMs = planDetectableMs(ctx, killGraceMs);
  const limited = { ...task(ctx, 'slow', 'sleep-for', { ms: LONG_MS }), timeout: limitMs / 1_000 };
  const failing = task(ctx, 'bad', 'exit-with', { code: 1 });
  const slowFlow = await startWorkflow(ctx, [limited], { name: 'limited' });
  const failingFlow = await startWorkflow(ctx, [failing], { name: 'failing' });

  for (const id of [slowFlow, failingFlow]) await until(executionToBe('failed', ctx.client, id), ctx.deadline);

  const [slow, bad] = [await childOf(ctx, slowFlow, 'slow'), await childOf(ctx, failingFlow, 'bad')];
  const marks = [slow, bad].map((execution) => ({
    status: execution.status,
    mark: timeoutMarker(execution, ctx.facts.capabilities).isTimedOut,
  }));
  expect(marks).toEqual([
    { status: timeoutStatus(ctx.facts.choices), mark: true },
    { status: 'failed', mark: false },
  ]);
  const codes = await Promise.all([slow, bad].map(({ id }) => exitCodeOf(ctx, id)));
  expect(codes.map((code) => (isExitCode(code) ? code : 'none'))).toEqual(['none', 1]);
  const workedMs = durationMs(recordedInterval(slow));
  expect(workedMs).toBeGreaterThanOrEqual(limitMs - CLOCK_RESOLUTION_MS);
  const limit = { what: 'the limited run', measured: workedMs, promised: limitMs, allowance: killGraceMs };
  expectPromised(ctx.slackMs('run'), limit);
});

/** Of an execution that runs while others fail, ms. */
const NEIGHBOR_MS = 1_500;

claim('T1.8e', [...NEEDS, 'workers.pin'], 'a worker completes work after five failed executions', async (ctx) => {
  const pack = await ctx.ownCopy('e2e'); // its executions are counted
  const runToEnd = async (goal: 'completed' | 'failed', action: string, parameters: Parameters = {}) => {
    const { id } = await startAction(ctx, action, parameters);
    return until(executionToBe(goal, ctx.client, id), ctx.deadline);
  };

  const before = await runToEnd('completed', 'print-parent-process');
  const neighbor = await startAction(ctx, 'sleep-for', { ms: NEIGHBOR_MS });
  const failed = [];
  for (const code of [1, 2, 3, 4, 5]) failed.push(await runToEnd('failed', 'exit-with', { code }));
  const succeeded = await runToEnd('completed', 'echo-params', { nonce: ctx.nonce });
  const after = await runToEnd('completed', 'print-parent-process');
  const undisturbed = await until(executionToBe('completed', ctx.client, neighbor.id), ctx.deadline);

  expect(failed.map(({ result }) => result)).toMatchObject([1, 2, 3, 4, 5].map((code) => ({ exit_code: code })));
  expect(echoedParameters(succeeded)).toEqual({ ...ctx.ledgerInput('echo-params'), nonce: ctx.nonce });
  const parentProcess = (execution: typeof succeeded) => (execution.result as { data: unknown }).data;
  expect(parentProcess(after)).toEqual(parentProcess(before)); // pid and start time of the worker
  expect(runsOf(ctx, 'sleep-for')).toBe(1); // a worker that is started again ends what it runs
  expect(before.worker).not.toBeNull();
  const workers = [...failed, succeeded, after, undisturbed].map(({ worker }) => worker);
  expect(workers).toEqual(Array(8).fill(before.worker));
  const executions = await ctx.client.executions.list({ pack_name: pack.ref });
  expect(executions.map(({ status }) => status)).toEqual([
    'completed',
    'completed',
    ...Array(5).fill('failed'),
    'completed',
    'completed',
  ]);
});
