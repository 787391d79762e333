import { isTerminal } from '../../contract/status';
import type { Client } from '../../helpers/client/client';
import { parseInstant } from '../../helpers/instant';
import { readAheadMs } from '../../helpers/target/provision';
import { formatMs, latencyPercentiles } from './percentiles';
import type { Benchmark } from './benchmark';
import { PACK, withPack } from './bench-platform';

/** First runs, which fill caches and connections and are not counted. */
const WARM_UP_RUNS = 5;

/**
 * From the end of the process to the response that shows it, for a client that polls without a
 * pause, ms.
 */
async function visibleEndMs(client: Client, aheadMs: number): Promise<number> {
  let execution = await client.executions.execute({ action_ref: `${PACK}.shell` });
  while (!isTerminal(execution.status)) execution = await client.executions.get(execution.id);
  const now = performance.timeOrigin + performance.now() + aheadMs;
  if (execution.status !== 'completed') throw new Error(`it ended ${execution.status}`);
  return now - parseInstant(execution.finished_at!);
}

export const visibleEndBenchmark: Benchmark = {
  name: 'visible-end',
  about: 'from the end of a process to the first response that shows it',
  runs: 100,
  measure: ({ runs, reportProgress, stop }) =>
    withPack(stop, async (client) => {
      const aheadMs = readAheadMs(await client.capabilities.getOrNull());
      const times: number[] = [];
      for (let n = 0; n < WARM_UP_RUNS + runs; n++) times.push(await visibleEndMs(client, aheadMs));
      const { p50, p99 } = latencyPercentiles(times.slice(WARM_UP_RUNS));
      const result = `${formatMs(p50)}, p99 ${formatMs(p99)}`;
      reportProgress(`end of a process → response: ${result}`);
      return [
        {
          title: 'end of a process → status in a response, p50',
          result,
          limit: '20 ms',
          goal: '3 ms',
          baseline: '–',
          figures: { p50_ms: p50, p99_ms: p99 },
        },
      ];
    }),
};
