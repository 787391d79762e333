import { setTimeout as pause } from 'node:timers/promises';
import type { ExecutionSummary } from '../../contract/executions';
import type { Client } from '../../helpers/client/client';
import { parseInstant } from '../../helpers/instant';
import { inParallel } from '../../helpers/in-parallel';

/** Concurrent requests of the client. */
const CONCURRENT_REQUESTS = 16;
/** Between two reads of the statistics, ms: long enough to cost the platform nothing. */
const STATS_POLL_MS = 50;

/**
 * Starts `count` executions as fast as the API accepts them. Returns first created to last
 * finished, ms.
 */
export async function burstMs(client: Client, action: string, count: number): Promise<number> {
  const before = (await client.executions.stats()).completed;
  const ids = new Set<number>();
  await inParallel(count, CONCURRENT_REQUESTS, async () =>
    ids.add((await client.executions.execute({ action_ref: action })).id),
  );
  await waitUntilAllCompleted(client, before + count);
  const rows = (await client.executions.list({ action_ref: action })).filter(({ id }) => ids.has(id));
  return spanMs(rows, count);
}

/** Throws when one did not complete. */
export async function waitUntilAllCompleted(client: Client, completed: number): Promise<void> {
  for (;;) {
    const stats = await client.executions.stats();
    if (stats.failed + stats.abandoned + stats.timeout > 0)
      throw new Error(`not all completed: ${JSON.stringify(stats)}`);
    if (stats.completed >= completed) return;
    await pause(STATS_POLL_MS);
  }
}

function spanMs(rows: readonly ExecutionSummary[], count: number): number {
  if (rows.length !== count) throw new Error(`${rows.length} of ${count} executions are listed`);
  const finished = rows.map(({ id, finished_at }) => {
    if (finished_at === null) throw new Error(`execution ${id} has not finished`);
    return parseInstant(finished_at);
  });
  return Math.max(...finished) - Math.min(...rows.map(({ created }) => parseInstant(created)));
}
