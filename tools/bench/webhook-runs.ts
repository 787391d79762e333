import type { Client } from '../../helpers/client/client';
import { waitUntilAllCompleted } from './burst';
import { formatSeconds, median } from './percentiles';
import type { Benchmark, BenchmarkRun } from './benchmark';
import { PACK, withPack } from './bench-platform';

const CLIENTS = 16;
const SECONDS = 30;
const TASKS = 2;
/** Of one event: the workflow and its tasks. */
const EXECUTIONS = 1 + TASKS;

/** Creates webhook, rule and workflow. Returns the webhook's key. */
async function createWebhook(client: Client): Promise<string> {
  const [trigger_ref, action_ref] = [`${PACK}.hook`, `${PACK}.chain`];
  const parts = { pack_ref: PACK, label: 'Webhook' };
  const action = 'core.noop';
  const tasks = [
    { name: 'first', action, on_success: 'second' },
    { name: 'second', action },
  ];
  const definition = { version: '1.0.0', tasks };
  await client.workflows.create({ ...parts, ref: action_ref, version: '1.0.0', definition });
  await client.triggers.create({ ...parts, ref: trigger_ref });
  const { webhook_key: key } = await client.triggers.enableWebhook(trigger_ref);
  if (typeof key !== 'string') throw new Error('the webhook has no key');
  await client.rules.create({ ...parts, ref: `${PACK}.rule`, trigger_ref, action_ref, action_params: {} });
  return key;
}

interface Load {
  readonly posts: number;
  /** From the first request to the end of the last execution. */
  readonly totalMs: number;
  /** From the last response to the end of the last execution. */
  readonly drainMs: number;
}

async function measureLoad(client: Client, key: string): Promise<Load> {
  const before = (await client.executions.stats()).completed;
  const startedAt = performance.now();
  let posts = 0;
  const post = async () => {
    while (performance.now() - startedAt < SECONDS * 1_000) {
      await client.webhooks.post(key, {});
      posts++;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, post));
  const postedAt = performance.now();
  await waitUntilAllCompleted(client, before + posts * EXECUTIONS);
  const endedAt = performance.now();
  return { posts, totalMs: endedAt - startedAt, drainMs: endedAt - postedAt };
}

async function measureLoads(client: Client, { runs, reportProgress }: BenchmarkRun): Promise<Load[]> {
  const key = await createWebhook(client);
  const loads: Load[] = [];
  for (let n = 1; n <= runs; n++) {
    const load = await measureLoad(client, key);
    loads.push(load);
    reportProgress(
      `${load.posts} webhooks, ${n} of ${runs}: the last execution ended after ${formatSeconds(load.totalMs)}`,
    );
  }
  return loads;
}

export const webhookRunsBenchmark: Benchmark = {
  name: 'webhook-runs',
  about: `${CLIENTS} clients post webhooks for ${SECONDS} s; each event starts a workflow of ${TASKS} no-op tasks`,
  runs: 1,
  measure: (run) =>
    withPack(run.stop, async (client) => {
      const loads = await measureLoads(client, run);
      const rate = median(loads.map(({ posts, totalMs }) => (posts / totalMs) * 1_000));
      const drainMs = median(loads.map((load) => load.drainMs));
      return [
        {
          title: `webhook → rule → workflow of ${TASKS} no-op tasks, ${SECONDS} s with ${CLIENTS} clients`,
          result: `${rate.toFixed(0)} runs/s; the last ended ${formatSeconds(drainMs)} after the last response`,
          limit: '50/s',
          goal: '200/s, 1 s',
          baseline: '–',
          figures: { per_second: rate, drain_ms: drainMs },
        },
      ];
    }),
};
