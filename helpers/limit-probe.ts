import type { Client } from './client/client';
import { executionToEnd } from './conditions';
import { WaitError } from './errors';
import type { Ledger } from './ledger';
import { markOf } from './limits';
import { only } from './lineage';
import { until } from './polling';
import { isAlive } from './processes';
import type { Task } from './workflow';

/** What the probe of limits needs: a client, the ref of an uploaded `e2e` pack, a ledger, and how long it may take. */
export interface LimitBench {
  readonly client: Client;
  readonly pack: string;
  readonly ledger: Ledger;
  readonly waitMs: number;
}

const LIMIT_S = 1;

/** How it ended, by itself or because it had to be cancelled. */
async function endOf(bench: LimitBench, name: string, task: Task, timeout?: number) {
  const ref = `${bench.pack}.${name}`;
  const cancellation_policy = 'cancel_running'; // else what no limit stops would go on after its cancel
  const definition = {
    version: '1.0.0',
    tasks: [task],
    cancellation_policy,
    ...(timeout !== undefined && { timeout }),
  };
  await bench.client.workflows.create({ ref, pack_ref: bench.pack, label: name, version: '1.0.0', definition });
  const { id } = await bench.client.executions.execute({ action_ref: ref });
  const end = () => until(executionToEnd(bench.client, id), performance.now() + bench.waitMs);
  try {
    return await end();
  } catch (error) {
    if (!(error instanceof WaitError)) throw error;
    await bench.client.executions.cancel(id); // nothing stops it: so that its pack can go
    return end();
  }
}

/** A task that tries again once; one over its limit, with somebody in another session; a workflow over its limit. */
export async function probeLimits(bench: LimitBench): Promise<Record<string, boolean>> {
  const task = (name: string, action: string, more: Partial<Task>, input = {}): Task => ({
    name,
    action: `${bench.pack}.${action}`,
    input: { key: name, ledger: bench.ledger.path, ...input },
    ...more,
  });
  const [retried, limited, whole] = await Promise.all([
    endOf(bench, 'retried', task('retried', 'fail-n-times', { retry: { count: 1, delay: 0 } }, { n: 1 })),
    endOf(bench, 'limited', task('limited', 'leave-session', { timeout: LIMIT_S })),
    endOf(bench, 'whole', task('whole', 'sleep-for', {}, { ms: 4 * LIMIT_S * 1_000 }), LIMIT_S),
  ]);
  const child = only('limited', await bench.client.executions.children(limited.id));
  const pids = bench.ledger.entries('limited').map(({ pid }) => pid);
  const marked = (execution: Parameters<typeof markOf>[0]) =>
    markOf(execution, { 'executions.timeout': true }).timedOut;
  return {
    'workflows.retry': retried.status === 'completed' && bench.ledger.count('retried') === 2,
    'workflows.task_timeout': limited.status === 'failed',
    'executions.timeout': marked(whole) && marked(await bench.client.executions.get(child.id)),
    'processes.containment': pids.length > 0 && !pids.some(isAlive),
  };
}
