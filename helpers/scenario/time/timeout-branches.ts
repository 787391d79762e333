import type { TimeContext } from '../claim';
import { predicateToHold } from '../conditions/execution-conditions';
import type { LedgerEntry } from '../ledger';
import { until } from '../polling';
import { waitForAll } from '../resources/ended-executions';
import { timeoutMarker } from '../resources/execution-limits';
import { childOf, runsOf } from '../resources/workflow-runs';
import { onFailure, onTimeout, task, type Parameters } from '../resources/workflow-task';
import { LIMIT_SECONDS, passLimit, startPinned } from './limits';

/** A task with a failure branch and a timeout branch. */
interface Branching {
  readonly action: string;
  readonly input: Parameters;
  /** It gets the limit, which passes after this entry of its program. */
  readonly stoppedAfter?: LedgerEntry['event'];
}

/** Runs each task in a workflow of its own. Returns the tasks, and how often each branch ran. */
export const runBranching = async (ctx: TimeContext, tasks: Readonly<Record<string, Branching>>) => {
  const names = Object.keys(tasks);
  const start = async (name: string) => {
    const { action, input, stoppedAfter } = tasks[name]!;
    const next = [onFailure(`${name}-failure`), onTimeout(`${name}-expiry`)];
    const branches = ['failure', 'expiry'].map((branch) => task(ctx, `${name}-${branch}`, 'append-ledger'));
    const first = { ...task(ctx, name, action, input, ...next), ...(stoppedAfter && { timeout: LIMIT_SECONDS }) };
    return startPinned(ctx, name, [first, ...branches]);
  };
  const ids = await Promise.all(names.map(start));
  const isStopped = (name: string) => tasks[name]!.stoppedAfter !== undefined;
  await waitForAll(
    ctx,
    ids.filter((_, n) => !isStopped(names[n]!)),
  );
  const areReady = () =>
    names
      .filter(isStopped)
      .every((name) => ctx.ledger.entries(ctx.ledgerInput(name).key, tasks[name]!.stoppedAfter).length > 0);
  await until(predicateToHold('the programs to run', areReady), ctx.deadline);
  await passLimit(ctx, ids);
  await waitForAll(ctx, ids);
  const children = await Promise.all(names.map((name, n) => childOf(ctx, ids[n]!, name)));
  const runs = names.map((name) => ['failure', 'expiry'].map((branch) => runsOf(ctx, `${name}-${branch}`)));
  return { children, runs };
};

/** Of each task, whether it has timed out: by its result, its record, and the branch that ran. */
export const expectTimedOut = (
  ctx: TimeContext,
  { children, runs }: Awaited<ReturnType<typeof runBranching>>,
  expected: boolean[],
) => {
  const marks = children.map((child) => timeoutMarker(child, ctx.facts.capabilities));
  expect(marks).toEqual(expected.map((isTimedOut) => ({ isTimedOut, level: isTimedOut ? 'task' : null })));
  expect(children.map((child) => child.workflow_task?.timed_out)).toEqual(expected);
  expect(runs).toEqual(expected.map((isTimedOut) => (isTimedOut ? [0, 1] : [1, 0])));
};
