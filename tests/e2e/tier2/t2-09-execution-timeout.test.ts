// Spec: a limit stops all processes of an execution, at the level that set it, and nothing else.
import {
  expectPromised,
  expectRows,
  NEIGHBOR_MS,
  planDetectableMs,
  type BoundRow,
} from '../../../helpers/scenario/upper-bound';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import {
  CLOCK_RESOLUTION_MS,
  durationMs,
  recordedInterval,
  ledgerInterval,
  workflowInterval,
  type Interval,
} from '../../../helpers/scenario/intervals';
import {
  timeoutMarker,
  pinToOneWorker,
  shortestLimitSeconds,
} from '../../../helpers/scenario/resources/execution-limits';
import { beatCounts, limitedTasks, LONG_MS, sleepTask } from '../../../helpers/scenario/time/limited-tasks';
import { stays, until } from '../../../helpers/scenario/polling';
import { findRunning } from '../../../helpers/scenario/processes';
import {
  onFailure,
  onSuccess,
  onTimeout,
  task,
  type Parameters,
  type Task,
  type WorkflowParts,
} from '../../../helpers/scenario/resources/workflow-task';
import { childOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['workflows.task_timeout', 'executions.intervals', 'ledger.shared'];
const ON_HOST = [...NEEDS, 'host.processes'];
/** After the signal, each process of the group may still write one last line within this time. */
const FINAL_BEAT_MS = 100;
/** How long a program may take to start on a busy host before its limit ends it, ms. */
const PROGRAM_START_MS = 4_000;
/** A platform that looked for passed limits at regular times would do so at least as often. */
const LIMIT_CHECK_MS = 1_000;

/** Starts a workflow with this name on the worker of the other claims. */
const startPinned = (ctx: Context, name: string, tasks: Task[], parts: WorkflowParts = {}): Promise<number> =>
  startWorkflow(ctx, tasks, { ...parts, name }, pinToOneWorker(ctx.facts.capabilities));

/** A limit whose excess the claims can detect, seconds. */
const planLimit = (ctx: Context, margin?: number): number =>
  planDetectableMs(ctx, ctx.facts.killGraceMs, margin) / 1_000;

/** Each ran for at least the limit, and longer by at most the allowance and the host's slack. */
const expectLimited = (ctx: Context, limitMs: number, allowance: number, intervals: readonly Interval[]): void => {
  const workedMs = intervals.map(durationMs);
  expect(workedMs.filter((ms) => ms < limitMs - CLOCK_RESOLUTION_MS)).toEqual([]);
  const limits = workedMs.map((measured, n) => ({ what: `run ${n + 1}`, measured, promised: limitMs, allowance }));
  expectPromised(ctx.slackMs('run'), ...limits);
};

claim.concurrent(
  'T2.9a',
  [...ON_HOST, 'workers.pin'],
  'a task over its limit is stopped with all its child processes',
  async (ctx) => {
    await ctx.pack('e2e');
    const limit = planLimit(ctx);
    const spawn = { ...task(ctx, 'spawn', 'spawn-children-and-sleep', {}, onSuccess('after')), timeout: limit };
    const id = await startPinned(ctx, 'flow', [spawn, task(ctx, 'after', 'append-ledger')]);

    const root = await until(executionToBe('failed', ctx.client, id), ctx.deadline);

    const child = await childOf(ctx, id, 'spawn');
    const error = `Execution timed out after ${limit} seconds`;
    expect(child).toMatchObject({ status: 'failed', result: { error } });
    expect(timeoutMarker(child, ctx.facts.capabilities).isTimedOut).toBe(true);
    expectLimited(ctx, limit * 1_000, ctx.facts.killGraceMs, [recordedInterval(child)]);
    const { key } = ctx.ledgerInput('spawn');
    const { finish } = recordedInterval(child);
    const beats = beatCounts(ctx, key, finish, finish + FINAL_BEAT_MS);
    expect(findRunning(ctx.ledger.entries(key))).toEqual([]);
    expect(beats.map(({ before, after }) => [before >= 3, after])).toEqual(Array(3).fill([true, 0]));
    expect(root.result).toMatchObject({ error: 'Workflow failed: 1 task(s) failed: spawn' });

    const echo = await ctx.client.executions.execute({
      action_ref: ctx.action('echo-params'),
      parameters: ctx.ledgerInput('next'),
      ...pinToOneWorker(ctx.facts.capabilities),
    });
    const next = await until(executionToBe('completed', ctx.client, echo.id), ctx.deadline);
    expect(next.worker).toBe(child.worker);
    expect(runsOf(ctx, 'after')).toBe(0);
  },
);

/** Uploads a copy of the pack, whose `sleep-for` then gets this limit, in seconds. */
const limitSleepAction = async (ctx: Context, limit: number): Promise<void> => {
  await ctx.ownCopy('e2e');
  await ctx.client.actions.update(ctx.action('sleep-for'), { timeout_seconds: limit });
};

claim.concurrent(
  'T2.9b',
  [...NEEDS, 'executions.timeout'],
  'the shortest of request, action, task and workflow limit ends the run',
  async (ctx) => {
    const limit = planLimit(ctx, 2 * NEIGHBOR_MS); // a workflow ends after its task was stopped
    await limitSleepAction(ctx, limit);
    const byAction = await startPinned(ctx, 'action', [sleepTask(ctx, 'A'), sleepTask(ctx, 'B', 20)]);
    await limitSleepAction(ctx, 20);
    const byTask = await startPinned(ctx, 'task', [sleepTask(ctx, 'T', limit)]);
    const whole = [sleepTask(ctx, 'W', 20, 'Z'), task(ctx, 'Z', 'append-ledger')];
    const byWorkflow = await startPinned(ctx, 'workflow', whole, { timeout: limit });

    const { ref: inner } = await ctx.workflow([sleepTask(ctx, 'I')], { name: 'inner', timeout: limit });
    const outer = await startPinned(ctx, 'outer', [{ name: 'nested', action: inner }]);
    const byRequest = await ctx.client.executions.execute({
      ...{ action_ref: ctx.action('sleep-for'), parameters: { ...ctx.ledgerInput('R'), ms: LONG_MS } },
      ...{ timeout_seconds: limit, ...pinToOneWorker(ctx.facts.capabilities) },
    });

    const ids = [byAction, byTask, byWorkflow, byRequest.id, outer];
    const roots = await Promise.all(ids.map((id) => until(executionToBe('failed', ctx.client, id), ctx.deadline)));

    const [A, B, T, W, N] = [
      await childOf(ctx, byAction, 'A'),
      await childOf(ctx, byAction, 'B'),
      await childOf(ctx, byTask, 'T'),
      await childOf(ctx, byWorkflow, 'W'),
      await childOf(ctx, outer, 'nested'),
    ];
    const timeoutAt = (level: string) => ({ timed_out: true, timeout_seconds: limit, timeout_level: level });
    const R = roots[3]!;
    expect([A, B, T, R, W, N, roots[2]].map((each) => [each!.status, each!.result])).toMatchObject([
      ['failed', timeoutAt('action')],
      ['failed', timeoutAt('action')],
      ['failed', timeoutAt('task')],
      ['failed', timeoutAt('request')],
      ['cancelled', { timeout_level: 'workflow' }],
      ['failed', timeoutAt('workflow')],
      ['failed', { ...timeoutAt('workflow'), error: `Execution timed out after ${limit} seconds` }],
    ]);
    expect([A, B, T, W, N].map((child) => child.workflow_task?.timed_out)).toEqual([true, true, true, false, true]);
    const intervals = [...[A, B, T, R].map(recordedInterval), workflowInterval(roots[2]!)];
    expectLimited(ctx, limit * 1_000, ctx.facts.killGraceMs, intervals);
    expect(ctx.ledger.entries().map(({ key, event }) => [key, event])).toEqual(
      expect.arrayContaining(['A', 'B', 'T', 'R', 'W', 'I'].map((name) => [ctx.ledgerInput(name).key, 'start'])),
    );
    expect(ctx.ledger.entries()).toHaveLength(6); // no end, and no start of Z
  },
);

claim.concurrent('T2.9c', NEEDS, 'work shorter than its limit, or without a limit, completes', async (ctx) => {
  await ctx.pack('e2e');
  const ms = 1_000;
  const limitMs = ms + PROGRAM_START_MS;
  ctx.plan(limitMs);
  const names = ['limited', 'free', 'zero'];
  const timeouts = [{ timeout: limitMs / 1_000 }, {}, { timeout: 0 }]; // 0 is no limit
  const tasks = names.map((name, n) => ({ ...task(ctx, name, 'sleep-for', { ms }), ...timeouts[n] }));
  const ids = await Promise.all(names.map((name, n) => startPinned(ctx, name, [tasks[n]!])));
  const sleep: Task = { name: 'sleep', action: 'core.sleep', input: { seconds: ms / 1_000 }, timeout: limitMs / 1_000 };
  ids.push(await startPinned(ctx, 'core', [sleep]));
  await Promise.all(ids.map((id) => until(executionToBe('completed', ctx.client, id), ctx.deadline)));

  const records = () => Promise.all(names.map((name, n) => childOf(ctx, ids[n]!, name)));
  const first = await records();
  const pastLimitMs = limitMs - ms + Math.max(ctx.quietMs, 2 * LIMIT_CHECK_MS);
  await stays(records, first, executionToBe('completed', ctx.client, ids[0]!), pastLimitMs, ctx.deadline);

  const completed = { status: 'completed', result: { succeeded: true, exit_code: 0 } };
  expect([...first, await childOf(ctx, ids[3]!, 'sleep')]).toMatchObject(Array(4).fill(completed));
  if (ctx.canProve('executions.log')) {
    const trees = await Promise.all(ids.map((id) => ctx.client.executions.tree(id)));
    expect(trees.map(({ children }) => children.map((node) => node.timeout_level))).toEqual(Array(4).fill([null]));
  }
  const durations = first.map((child) => [
    durationMs(ledgerInterval(child, ctx.ledger)),
    (child.result as { duration_ms: number }).duration_ms,
  ]);
  expect(durations.flat().filter((duration) => duration < ms)).toEqual([]);
  const entries = names.map((name) => ctx.ledger.entries(ctx.ledgerInput(name).key).map(({ event }) => event));
  expect(entries).toEqual(Array(3).fill(['start', 'end']));
});

const BRANCHES = [...NEEDS, 'executions.timeout', 'workflows.failure_branches'];

claim.concurrent('T2.9d', BRANCHES, 'exit code 124 is a failure and a kill takes the timeout branch', async (ctx) => {
  await ctx.pack('e2e');
  // the first program ends before it, and the last one is ready for the signal
  const limit = 2 * shortestLimitSeconds(ctx.facts.capabilities) + PROGRAM_START_MS / 1_000;
  ctx.plan(limit * 1_000);
  /** Starts a workflow whose task has a failure branch and a timeout branch. */
  const startBranching = (name: string, action: string, input: Parameters, more: Partial<Task> = {}) => {
    const branches = ['failure', 'expiry'].map((branch) => task(ctx, `${name}-${branch}`, 'append-ledger'));
    const next = [onFailure(`${name}-failure`), onTimeout(`${name}-expiry`)];
    return startPinned(ctx, name, [{ ...task(ctx, name, action, input, ...next), ...more }, ...branches]);
  };
  const timeoutMessage = `Execution timed out after ${limit} seconds`;
  const ids = [
    await startBranching('exits', 'exit-with', { code: 124 }),
    await startBranching('sleeps', 'sleep-for', { ms: LONG_MS }, { timeout: limit }),
    await startBranching('prints', 'exit-with', { code: 1, err: timeoutMessage }),
    await startBranching('traps', 'end-on-term', { out: ctx.nonce }, { timeout: limit }),
  ];
  await Promise.all(ids.map((id) => until(executionToBe('completed', ctx.client, id), ctx.deadline)));

  const names = ['exits', 'sleeps', 'prints', 'traps'];
  const children = await Promise.all(names.map((name, n) => childOf(ctx, ids[n]!, name)));
  expect(children.map(({ status, result }) => [status, result])).toMatchObject([
    ['failed', { exit_code: 124 }],
    ['failed', { exit_code: -1, error: timeoutMessage }],
    ['failed', { exit_code: 1, error: timeoutMessage }],
    ['failed', { exit_code: -1, error: timeoutMessage, stdout: ctx.nonce }],
  ]);
  const marks = children.map((child) => timeoutMarker(child, ctx.facts.capabilities));
  expect(marks).toEqual(
    [false, true, false, true].map((isTimedOut) => ({ isTimedOut, level: isTimedOut ? 'task' : null })),
  );
  expect(children.map((child) => child.workflow_task?.timed_out)).toEqual([false, true, false, true]);
  expect(recordedInterval(children[0]!).finish).toBeLessThan(recordedInterval(children[1]!).finish);
  const branchRuns = names.map((name) => ['failure', 'expiry'].map((branch) => runsOf(ctx, `${name}-${branch}`)));
  const [failed, expired] = [
    [1, 0],
    [0, 1],
  ];
  expect(branchRuns).toEqual([failed, expired, failed, expired]);
});

claim.concurrent(
  'T2.9f',
  [...BRANCHES, 'workflows.retry', 'workflows.with_items'],
  'any limit takes the timeout branch, or else the failure branch',
  async (ctx) => {
    const limit = planLimit(ctx);
    ctx.plan(limit * 1_000); // of the second attempt
    await limitSleepAction(ctx, limit);
    const { ref: inner } = await ctx.workflow([sleepTask(ctx, 'I')], { name: 'inner', timeout: limit });
    const limited = limitedTasks(ctx, limit, inner);
    const targets = limited.flatMap(({ next = [] }) => next.flatMap((transition) => transition.do ?? []));
    const id = await startWorkflow(ctx, [...limited, ...targets.map((name) => task(ctx, name, 'append-ledger'))]);

    await until(executionToBe('completed', ctx.client, id), ctx.deadline);

    const taken = ['retry', 'item', 'subtask', 'action', 'workflow'].map((name) => `${name}-expiry`);
    expect(targets.filter((name) => runsOf(ctx, name) > 0)).toEqual([...taken, 'alone-failure']);
  },
);

/** Runs at most: another one follows only where this host was too busy to decide. */
const MAX_RUNS = 3;

/** Runs such a process over its limit. Returns whether each process wrote beats in the grace. */
const stopStubborn = async (ctx: Context, name: string): Promise<BoundRow[]> => {
  const action = ctx.canProve('processes.containment') ? 'leave-session' : 'ignore-term';
  const limit = planLimit(ctx);
  const id = await startPinned(ctx, `${name}-flow`, [{ ...task(ctx, name, action), timeout: limit }]);

  await until(executionToBe('failed', ctx.client, id), ctx.deadline);

  const child = await childOf(ctx, id, name);
  expect(timeoutMarker(child, ctx.facts.capabilities).isTimedOut).toBe(true);
  const { killGraceMs } = ctx.facts;
  expectLimited(ctx, limit * 1_000 + killGraceMs, 0, [recordedInterval(child)]);
  const { key } = ctx.ledgerInput(name);
  const { start: startedAt, finish } = recordedInterval(child);
  const expiry = startedAt + limit * 1_000;
  const beats = beatCounts(ctx, key, expiry, finish + FINAL_BEAT_MS);
  expect(findRunning(ctx.ledger.entries(key))).toEqual([]);
  expect(beats.map(({ before, after }) => [before >= 3, after])).toEqual(Array(3).fill([true, 0]));
  const graceBeats = ctx.ledger.entries(key, 'beat').filter(({ atMs }) => atMs > expiry && atMs < finish);
  const slack = ctx.slackMs('run');
  const silent = slack < killGraceMs ? 'too short' : 'undecidable';
  return beats.map(({ pid }) => ({
    facts: `process ${pid} in its grace period of ${killGraceMs} ms, slack ${slack.toFixed(0)} ms`,
    result: graceBeats.some((beat) => beat.pid === pid) ? 'within' : silent,
  }));
};

claim.concurrent(
  'T2.9e',
  ON_HOST,
  'a process that ignores SIGTERM gets SIGKILL after the grace period',
  async (ctx) => {
    await ctx.pack('e2e');
    let rows: BoundRow[] = [];
    for (let run = 1; run <= MAX_RUNS; run++) {
      rows = await stopStubborn(ctx, `stubborn-${run}`);
      if (rows.every(({ result }) => result !== 'undecidable')) break;
    }
    expectRows(rows);
  },
);
