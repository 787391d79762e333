import type { Context } from '../claim';
import { onFailure, onSuccess, onTimeout, task, type AnyTask, type Task } from '../resources/workflow-task';

/** How long a fixture runs if it is not stopped, ms. */
export const LONG_MS = 30_000;

/** By process: the number of beats before the first instant and after the second one, epoch ms. */
export const beatCounts = (ctx: Context, key: string, before: number, after: number) => {
  const beats = ctx.ledger.entries(key, 'beat');
  const beatsOf = (pid: number) => beats.filter((beat) => beat.pid === pid);
  return [...new Set(beats.map(({ pid }) => pid))].map((pid) => ({
    pid,
    before: beatsOf(pid).filter(({ atMs }) => atMs < before).length,
    after: beatsOf(pid).filter(({ atMs }) => atMs > after).length,
  }));
};

/** A task that sleeps for longer than any limit. `timeout`: its own limit, seconds. */
export const sleepTask = (ctx: Context, name: string, timeout?: number, ...next: string[]): Task => ({
  ...task(ctx, name, 'sleep-for', { ms: LONG_MS }, ...next.map((each) => onSuccess(each))),
  ...(timeout !== undefined && { timeout }),
});

/** Tasks that a limit ends, each in another way. `alone` has no branch for timeouts. */
export const limitedTasks = (ctx: Context, limit: number, inner: string): AnyTask[] => {
  const sleep = (name: string, ms: number | string = LONG_MS): Task => task(ctx, name, 'sleep-for', { ms });
  const list = { with_items: `{{ [0, ${LONG_MS}] }}`, concurrency: 2, timeout: limit };
  const tasks: AnyTask[] = [
    { ...sleep('retry'), timeout: limit, retry: { count: 1 } },
    { ...sleep('item', '{{ item }}'), ...list },
    { name: 'subtask', type: 'parallel', tasks: [{ ...sleep('slow'), timeout: limit }] },
    sleep('action'),
    { name: 'workflow', action: inner },
  ];
  const next = (name: string) => [onFailure(`${name}-failure`), onTimeout(`${name}-expiry`)];
  return [
    ...tasks.map((each) => ({ ...each, next: next(each.name) })),
    { ...sleep('alone'), timeout: limit, next: [onFailure('alone-failure')] },
  ];
};
