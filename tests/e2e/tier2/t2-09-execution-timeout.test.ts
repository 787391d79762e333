// Spec: a limit stops all that an execution started, at the level that set it, after a polite grace, and harms nothing else.
import { judgeBound } from '../../../helpers/bounds';
import { claim, type Context } from '../../../helpers/claim';
import { executionToBe } from '../../../helpers/conditions';
import { CLOCK_RESOLUTION_MS, lengthMs, run, wit, type Timed } from '../../../helpers/intervals';
import { markOf, pinned, shortSeconds } from '../../../helpers/limits';
import { only } from '../../../helpers/lineage';
import { stays, until } from '../../../helpers/polling';
import { isAlive } from '../../../helpers/processes';
import {
  onFailure,
  onSuccess,
  onTimeout,
  task,
  type Parameters,
  type Task,
  type WorkflowParts,
} from '../../../helpers/workflow';

const NEEDS = ['workflows.task_timeout', 'executions.intervals', 'ledger.shared'];
const ON_HOST = [...NEEDS, 'host.processes'];
/** How long a fixture goes on that nobody stops, ms. */
const LONG_MS = 30_000;
/** The group is signalled, and then every one of its members writes its last line. */
const LAST_WORDS_MS = 100;

/** Starts a workflow of these tasks under a name of its own. */
const start = async (ctx: Context, name: string, tasks: Task[], parts: WorkflowParts = {}): Promise<number> => {
  const flow = await ctx.workflow(tasks, { ...parts, name });
  return (await ctx.client.executions.execute({ action_ref: flow.ref, ...pinned(ctx.facts.capabilities) })).id;
};

/** The ended execution of a task. */
const childOf = async (ctx: Context, id: number, name: string) =>
  ctx.client.executions.get(only(name, await ctx.client.executions.children(id)).id);

/** Was it at work for the whole limit (hard), and no longer than the time given to stop it and this host allow? */
const stopped = (ctx: Context, execution: Timed, limit: number, graceMs: number) => {
  const worked = lengthMs(run(execution));
  const longest = limit * 1_000 + graceMs;
  return [
    worked >= limit * 1_000 - CLOCK_RESOLUTION_MS,
    judgeBound(worked, longest, ctx.slackMs('run'), LONG_MS - longest),
  ];
};

const IN_TIME = [true, 'within'];

/** By process: how often it beat before an instant (epoch ms), and after another. */
const beatsOf = (ctx: Context, key: string, before: number, after: number) => {
  const beats = ctx.ledger.entries(key, 'beat');
  const by = (pid: number) => beats.filter((beat) => beat.pid === pid);
  return [...new Set(beats.map(({ pid }) => pid))].map((pid) => ({
    pid,
    before: by(pid).filter(({ at }) => at < before).length,
    after: by(pid).filter(({ at }) => at > after).length,
  }));
};

claim.concurrent(
  'T2.9a',
  [...ON_HOST, 'workers.pin'],
  'an action over its limit is stopped together with all it started, and its worker goes on',
  async (ctx) => {
    await ctx.pack('e2e');
    const spawn = { ...task(ctx, 'spawn', 'spawn-children-and-sleep', {}, onSuccess('after')), timeout: 1 };
    const id = await start(ctx, 'flow', [spawn, task(ctx, 'after', 'append-ledger')]);

    const root = await until(executionToBe('failed', ctx.client, id), ctx.deadline);

    const child = await childOf(ctx, id, 'spawn');
    expect(child).toMatchObject({ status: 'failed', result: { error: 'Execution timed out after 1 seconds' } });
    expect(markOf(child, ctx.facts.capabilities).timedOut).toBe(true);
    expect(stopped(ctx, child, 1, ctx.facts.killGraceMs)).toEqual(IN_TIME);
    const { key } = ctx.signed('spawn');
    const [leader] = ctx.ledger.entries(key, 'start');
    const { finish } = run(child);
    const beats = beatsOf(ctx, key, finish, finish + LAST_WORDS_MS);
    expect([leader!.pid, ...beats.map(({ pid }) => pid)].filter(isAlive)).toEqual([]);
    expect(beats.map(({ before, after }) => [before >= 3, after])).toEqual(Array(3).fill([true, 0]));
    expect(root.result).toMatchObject({ error: 'Workflow failed: 1 task(s) failed: spawn' });

    const echo = await ctx.client.executions.execute({
      action_ref: ctx.action('echo-params'),
      parameters: ctx.signed('next'),
      ...pinned(ctx.facts.capabilities),
    });
    const next = await until(executionToBe('completed', ctx.client, echo.id), ctx.deadline);
    expect(next.worker).toBe(child.worker);
    expect(ctx.ledger.count(ctx.signed('after').key)).toBe(0);
  },
);

/** A pack of its own whose `sleep-for` has this limit. */
const sleeping = async (ctx: Context, limit: number): Promise<void> => {
  await ctx.pack('e2e');
  await ctx.client.actions.update(ctx.action('sleep-for'), { timeout_seconds: limit });
};

const sleeper = (ctx: Context, name: string, timeout?: number, ...next: string[]): Task => ({
  ...task(ctx, name, 'sleep-for', { ms: LONG_MS }, ...next.map((each) => onSuccess(each))),
  ...(timeout !== undefined && { timeout }),
});

claim.concurrent(
  'T2.9b',
  [...NEEDS, 'executions.timeout'],
  'the tightest of action, task and workflow limit wins and says which it was',
  async (ctx) => {
    const limit = 1; // a busy host must be able to start all three before it passes
    await sleeping(ctx, limit);
    const byAction = await start(ctx, 'action', [sleeper(ctx, 'A')]);
    await sleeping(ctx, 20);
    const byTask = await start(ctx, 'task', [sleeper(ctx, 'T', limit)]);
    const whole = [sleeper(ctx, 'W', 20, 'Z'), task(ctx, 'Z', 'append-ledger')];
    const byWorkflow = await start(ctx, 'workflow', whole, { timeout: limit });

    const ids = [byAction, byTask, byWorkflow];
    const roots = await Promise.all(ids.map((id) => until(executionToBe('failed', ctx.client, id), ctx.deadline)));

    const [A, T, W] = [
      await childOf(ctx, byAction, 'A'),
      await childOf(ctx, byTask, 'T'),
      await childOf(ctx, byWorkflow, 'W'),
    ];
    const over = (level: string) => ({ timed_out: true, timeout_seconds: limit, timeout_level: level });
    expect([A, T, W, roots[2]].map((each) => [each!.status, each!.result])).toMatchObject([
      ['failed', over('action')],
      ['failed', over('task')],
      ['cancelled', { timeout_level: 'workflow' }],
      ['failed', { ...over('workflow'), error: `Execution timed out after ${limit} seconds` }],
    ]);
    const { killGraceMs } = ctx.facts;
    expect([A, T, roots[2]!].map((each) => stopped(ctx, each, limit, killGraceMs))).toEqual(Array(3).fill(IN_TIME));
    expect(ctx.ledger.entries().map(({ key, event }) => [key, event])).toEqual(
      expect.arrayContaining(['A', 'T', 'W'].map((name) => [ctx.signed(name).key, 'start'])),
    );
    expect(ctx.ledger.entries()).toHaveLength(3); // neither an end nor anything of Z
  },
);

claim.concurrent('T2.9c', NEEDS, 'work shorter than its limit, or without one, completes and stays so', async (ctx) => {
  await ctx.pack('e2e');
  const limit = 2 * shortSeconds(ctx.facts.capabilities);
  const ms = 600 * limit;
  const names = ['limited', 'free'];
  const timeouts = [{ timeout: limit }, {}];
  const tasks = names.map((name, n) => ({ ...task(ctx, name, 'sleep-for', { ms }), ...timeouts[n] }));
  const ids = await Promise.all(names.map((name, n) => start(ctx, name, [tasks[n]!])));
  await Promise.all(ids.map((id) => until(executionToBe('completed', ctx.client, id), ctx.deadline)));

  const records = () => Promise.all(names.map((name, n) => childOf(ctx, ids[n]!, name)));
  const first = await records();
  const past = limit * 1_000 - ms + ctx.quietMs;
  await stays(records, first, executionToBe('completed', ctx.client, ids[0]!), past, ctx.deadline);

  const full = { status: 'completed', result: { succeeded: true, exit_code: 0 } };
  expect(first).toMatchObject([full, full]);
  expect(first.map((child) => lengthMs(wit(child, ctx.ledger)) >= ms)).toEqual([true, true]);
  const entries = names.map((name) => ctx.ledger.entries(ctx.signed(name).key).map(({ event }) => event));
  expect(entries).toEqual(Array(2).fill(['start', 'end']));
});

const BRANCHES = [...NEEDS, 'executions.timeout', 'workflows.failure_branches'];

claim.concurrent('T2.9d', BRANCHES, 'exit code 124 is a failure, a kill is a time-out', async (ctx) => {
  await ctx.pack('e2e');
  const limit = shortSeconds(ctx.facts.capabilities);
  /** With a branch for failure and one for expiry. */
  const branching = (name: string, action: string, input: Parameters, more: Partial<Task> = {}) => {
    const branches = ['failure', 'expiry'].map((branch) => task(ctx, `${name}-${branch}`, 'append-ledger'));
    const next = [onFailure(`${name}-failure`), onTimeout(`${name}-expiry`)];
    return start(ctx, name, [{ ...task(ctx, name, action, input, ...next), ...more }, ...branches]);
  };
  const words = `Execution timed out after ${limit} seconds`;
  const ids = [
    await branching('exits', 'exit-with', { code: 124 }),
    await branching('sleeps', 'sleep-for', { ms: LONG_MS }, { timeout: limit }),
    await branching('says', 'exit-with', { code: 1, err: words }),
  ];
  await Promise.all(ids.map((id) => until(executionToBe('completed', ctx.client, id), ctx.deadline)));

  const names = ['exits', 'sleeps', 'says'];
  const children = await Promise.all(names.map((name, n) => childOf(ctx, ids[n]!, name)));
  expect(children.map(({ status, result }) => [status, result])).toMatchObject([
    ['failed', { exit_code: 124 }],
    ['failed', { exit_code: -1, error: words }],
    ['failed', { exit_code: 1, error: words }],
  ]);
  const marks = children.map((child) => markOf(child, ctx.facts.capabilities));
  expect(marks).toEqual([false, true, false].map((timedOut) => ({ timedOut, level: timedOut ? 'task' : null })));
  expect(children.map((child) => child.workflow_task?.timed_out)).toEqual([false, true, false]);
  expect(run(children[0]!).finish).toBeLessThan(run(children[1]!).finish);
  const taken = names.map((name) =>
    ['failure', 'expiry'].map((way) => ctx.ledger.count(ctx.signed(`${name}-${way}`).key)),
  );
  expect(taken).toEqual(Array(3).fill([1, 0]));
});

claim.concurrent('T2.9e', ON_HOST, 'who ignores the polite signal is killed after the grace', async (ctx) => {
  await ctx.pack('e2e');
  const stubborn = ctx.needs('processes.containment') ? 'leave-session' : 'ignore-term';
  const id = await start(ctx, 'flow', [{ ...task(ctx, 'deaf', stubborn), timeout: 1 }]);

  await until(executionToBe('failed', ctx.client, id), ctx.deadline);

  const child = await childOf(ctx, id, 'deaf');
  expect(markOf(child, ctx.facts.capabilities).timedOut).toBe(true);
  const { killGraceMs } = ctx.facts;
  expect(stopped(ctx, child, 1 + killGraceMs / 1_000, 0)).toEqual(IN_TIME);
  const { key } = ctx.signed('deaf');
  const [leader] = ctx.ledger.entries(key, 'start');
  const { start: began, finish } = run(child);
  const beats = beatsOf(ctx, key, began + 1_000, finish + LAST_WORDS_MS);
  expect([leader!.pid, ...beats.map(({ pid }) => pid)].filter(isAlive)).toEqual([]);
  expect(beats.map(({ before, after }) => [before >= 3, after])).toEqual(Array(3).fill([true, 0]));
  const polite = ctx.ledger.entries(key, 'beat').filter(({ at }) => at > began + 1_000 && at < finish);
  expect([...new Set(polite.map(({ pid }) => pid))].sort()).toEqual(beats.map(({ pid }) => pid).sort());
});
