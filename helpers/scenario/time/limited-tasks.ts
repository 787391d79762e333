import type { Context } from '../claim';
import { onFailure, onSuccess, onTimeout, task, type AnyTask, type Task } from '../resources/workflow-task';
import { LIMIT_SECONDS } from './limits';

/** How long a fixture runs if it is not stopped, ms. */
export const LONG_MS = 30_000;

/** The pause between the attempts of `retry`, seconds. */
export const PAUSE_SECONDS = 3;

/** A task that sleeps for longer than any limit. `timeout`: its own limit, seconds. */
export const sleepTask = (ctx: Context, name: string, timeout?: number, ...next: string[]): Task => ({
  ...task(ctx, name, 'sleep-for', { ms: LONG_MS }, ...next.map((each) => onSuccess(each))),
  ...(timeout !== undefined && { timeout }),
});

/** Tasks that a limit ends, each in another way. `alone` has no branch for timeouts. */
export const limitedTasks = (ctx: Context, inner: string): AnyTask[] => {
  const sleep = (name: string, ms: number | string = LONG_MS): Task => task(ctx, name, 'sleep-for', { ms });
  const timeout = LIMIT_SECONDS;
  const tasks: AnyTask[] = [
    { ...sleep('retry'), timeout, retry: { count: 1, delay: PAUSE_SECONDS } },
    { ...sleep('item', '{{ item }}'), with_items: `{{ [0, ${LONG_MS}] }}`, concurrency: 2, timeout },
    { name: 'subtask', type: 'parallel', tasks: [{ ...sleep('slow'), timeout }] },
    sleep('action'),
    { name: 'workflow', action: inner },
  ];
  const next = (name: string) => [onFailure(`${name}-failure`), onTimeout(`${name}-expiry`)];
  return [
    ...tasks.map((each) => ({ ...each, next: next(each.name) })),
    { ...sleep('alone'), timeout, next: [onFailure('alone-failure')] },
  ];
};
