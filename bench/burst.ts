import { setTimeout as pause } from 'node:timers/promises';
import type { ExecutionSummary } from '../contract/executions';
import type { Client } from '../helpers/client/client';
import { instant } from '../helpers/instant';
import { inParallel } from '../helpers/in-parallel';

/** Requests a client has open at once. */
const WIDTH = 16;
/** Between two counts: rare, so that counting costs the platform nothing. */
const COUNT_MS = 50;

/** Starts `count` executions as fast as the API takes them. Answers first created to last finished, ms. */
export async function burstMs(client: Client, action: string, count: number): Promise<number> {
  const before = (await client.executions.stats()).completed;
  const ids = new Set<number>();
  await inParallel(count, WIDTH, async () => ids.add((await client.executions.execute({ action_ref: action })).id));
  await allEnded(client, before + count);
  const rows = (await client.executions.list({ action_ref: action })).filter(({ id }) => ids.has(id));
  return lengthMs(rows, count);
}

async function allEnded(client: Client, completed: number): Promise<void> {
  for (;;) {
    const stats = await client.executions.stats();
    if (stats.failed + stats.abandoned + stats.timeout > 0)
      throw new Error(`not all completed: ${JSON.stringify(stats)}`);
    if (stats.completed >= completed) return;
    await pause(COUNT_MS);
  }
}

function lengthMs(rows: readonly ExecutionSummary[], count: number): number {
  if (rows.length !== count) throw new Error(`${rows.length} of ${count} executions are listed`);
  const finished = rows.map(({ id, finished_at }) => {
    if (finished_at === null) throw new Error(`execution ${id} has not finished`);
    return instant(finished_at);
  });
  return Math.max(...finished) - Math.min(...rows.map(({ created }) => instant(created)));
}
