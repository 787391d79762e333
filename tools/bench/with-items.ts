import type { Client } from '../../helpers/client/client';
import type { RunningPlatform } from '../../contract/platform-file';
import { burstMs } from './burst';
import { formatSeconds, median } from './percentiles';
import type { Benchmark, BenchmarkRun, Measurement } from './benchmark';
import { runToCompletion, PACK, recordedMs, withPack } from './bench-platform';
import { measureUsage } from './process-usage';

interface Size {
  readonly items: number;
  readonly concurrency: number;
}

const SMALL: Size = { items: 1_000, concurrency: 24 };
const LARGE: Size = { items: 10_000, concurrency: 50 };
/** The time is read from the record: more requests would only slow the platform down. */
const POLL_MS = 50;
/** Between two measurements of memory, ms. */
const MEMORY_POLL_MS = 500;
const MIB = 1_048_576;

/** Returns the ref of the workflow. */
async function createWorkflow(client: Client, { items, concurrency }: Size): Promise<string> {
  const ref = `${PACK}.each${items}`;
  const each = {
    name: 'each',
    action: 'core.noop',
    with_items: `{{ range(${items}) }}`,
    concurrency,
    input: { message: '{{ item }}' },
  };
  const definition = { version: '1.0.0', tasks: [each] };
  await client.workflows.create({ ref, pack_ref: PACK, label: 'Each', version: '1.0.0', definition });
  return ref;
}

async function measureItems(client: Client, workflow: string, { items }: Size): Promise<number> {
  const execution = await runToCompletion(client, workflow, POLL_MS);
  const { length } = await client.executions.children(execution.id);
  if (length !== items) throw new Error(`${length} children instead of ${items}`);
  return recordedMs(execution);
}

async function measureRuns(client: Client, size: Size, { runs, reportProgress }: BenchmarkRun): Promise<number> {
  const workflow = await createWorkflow(client, size);
  const durations: number[] = [];
  for (let n = 1; n <= runs; n++) {
    durations.push(await measureItems(client, workflow, size));
    reportProgress(`${size.items} items, ${n} of ${runs}: ${formatSeconds(durations.at(-1)!)}`);
  }
  return median(durations);
}

async function measureSmall(client: Client, run: BenchmarkRun): Promise<Measurement> {
  const ms = await measureRuns(client, SMALL, run);
  const single = await burstMs(client, 'core.noop', SMALL.items);
  return {
    title: `${SMALL.items} items in one task, ${SMALL.concurrency} at once`,
    result: formatSeconds(ms),
    limit: '10 s',
    goal: '3 s',
    baseline: `${SMALL.items} executions of their own ${formatSeconds(single)}`,
    figures: { p50_ms: ms, single_ms: single },
  };
}

async function measureLarge(
  client: Client,
  { pid, instance_id }: RunningPlatform,
  run: BenchmarkRun,
): Promise<Measurement> {
  const memory = () => measureUsage(pid, `PLATFORM_INSTANCE=${instance_id}`).memoryBytes;
  const before = memory();
  let highest = before;
  const sampling = setInterval(() => (highest = Math.max(highest, memory())), MEMORY_POLL_MS);
  const ms = await measureRuns(client, LARGE, { ...run, runs: 1 }).finally(() => clearInterval(sampling));
  const growth = highest - before;
  return {
    title: `${LARGE.items} items in one task, ${LARGE.concurrency} at once`,
    result: `${formatSeconds(ms)}; memory of all processes +${(growth / MIB).toFixed(0)} MiB`,
    limit: '120 s',
    goal: '15 s, +64 MiB',
    baseline: '–',
    figures: { p50_ms: ms, memory_growth_bytes: growth },
  };
}

export const withItemsBenchmark: Benchmark = {
  name: 'with-items',
  about: `one task over ${SMALL.items} and over ${LARGE.items} items (core.noop)`,
  runs: 3,
  measure: (run) =>
    withPack(run.stop, async (client, running) => [
      await measureSmall(client, run),
      await measureLarge(client, running, run),
    ]),
};
