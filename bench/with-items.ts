import type { Client } from '../helpers/client/client';
import { burstMs } from './burst';
import { formatSeconds, median } from './percentiles';
import type { Benchmark } from './benchmark';
import { runToCompletion, PACK, recordedMs, withPack } from './bench-platform';

const ITEMS = 1_000;
const CONCURRENCY = 24;
const WORKFLOW_REF = `${PACK}.each`;
/** The time is read from the record: more requests would only slow the platform down. */
const POLL_MS = 50;

async function createWorkflow(client: Client): Promise<void> {
  const each = {
    name: 'each',
    action: 'core.noop',
    with_items: `{{ range(${ITEMS}) }}`,
    concurrency: CONCURRENCY,
    input: { message: '{{ item }}' },
  };
  const definition = { version: '1.0.0', tasks: [each] };
  await client.workflows.create({ ref: WORKFLOW_REF, pack_ref: PACK, label: 'Each', version: '1.0.0', definition });
}

async function measureItems(client: Client): Promise<number> {
  const execution = await runToCompletion(client, WORKFLOW_REF, POLL_MS);
  const { length } = await client.executions.children(execution.id);
  if (length !== ITEMS) throw new Error(`${length} children instead of ${ITEMS}`);
  return recordedMs(execution);
}

export const withItemsBenchmark: Benchmark = {
  name: 'with-items',
  about: `one task over ${ITEMS} items (core.noop, ${CONCURRENCY} at once)`,
  runs: 3,
  measure: ({ runs, reportProgress, stop }) =>
    withPack(stop, async (client) => {
      await createWorkflow(client);
      const durations: number[] = [];
      for (let n = 1; n <= runs; n++) {
        durations.push(await measureItems(client));
        reportProgress(`with-items ${n} of ${runs}: ${formatSeconds(durations.at(-1)!)}`);
      }
      const single = await burstMs(client, 'core.noop', ITEMS);
      return [
        {
          title: `${ITEMS} items in one task, ${CONCURRENCY} at once`,
          result: formatSeconds(median(durations)),
          limit: '10 s',
          goal: '3 s',
          baseline: `${ITEMS} executions of their own ${formatSeconds(single)}`,
          figures: { p50_ms: median(durations), single_ms: single },
        },
      ];
    }),
};
