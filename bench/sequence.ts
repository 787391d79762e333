import type { Execution } from '../contract/executions';
import type { Client } from '../helpers/client/client';
import { parseInstant } from '../helpers/instant';
import type { Benchmark, BenchmarkRun, Measurement } from './benchmark';
import { PACK, recordedMs, runToCompletion, withPack } from './bench-platform';
import { formatMs, formatSeconds, median, percentile } from './percentiles';

const SHORT_TASKS = 3;
const SHORT_RUNS = 60;
const LONG_TASKS = 1_000;
/** The time is read from the record: more requests would only slow the platform down. */
const LONG_POLL_MS = 50;
/** Tasks at the start and at the end of a long workflow that are compared. */
const COMPARED = 100;

const taskName = (n: number): string => `t${n}`;

/** Creates a workflow of no-op tasks, each after the one before. Returns its ref. */
async function createSequence(client: Client, count: number): Promise<string> {
  const ref = `${PACK}.sequence${count}`;
  const tasks = Array.from({ length: count }, (_, n) => ({
    name: taskName(n),
    action: 'core.noop',
    ...(n + 1 < count && { on_success: taskName(n + 1) }),
  }));
  const definition = { version: '1.0.0', tasks };
  await client.workflows.create({ ref, pack_ref: PACK, label: 'Sequence', version: '1.0.0', definition });
  return ref;
}

async function measureShort(client: Client, { runs, reportProgress }: BenchmarkRun): Promise<Measurement> {
  const ref = await createSequence(client, SHORT_TASKS);
  const times: number[] = [];
  for (let n = 1; n <= runs * SHORT_RUNS; n++) times.push(recordedMs(await runToCompletion(client, ref)));
  const [p50, p99] = [median(times), percentile(times, 99)];
  reportProgress(`sequence of ${SHORT_TASKS} no-op tasks: ${formatMs(p50)}`);
  return {
    title: `${SHORT_TASKS} no-op tasks in sequence, by their record, p50`,
    result: `${formatMs(p50)}, p99 ${formatMs(p99)}`,
    limit: '60 ms',
    goal: '12 ms',
    baseline: 'no process',
    figures: { p50_ms: p50, p99_ms: p99 },
  };
}

/** Ms from the start of the first to the end of the last of these tasks. */
const spanMs = (tasks: readonly Pick<Execution, 'created' | 'finished_at'>[]): number =>
  parseInstant(tasks.at(-1)!.finished_at!) - parseInstant(tasks[0]!.created);

async function measureLong(client: Client, { runs, reportProgress }: BenchmarkRun): Promise<Measurement> {
  const ref = await createSequence(client, LONG_TASKS);
  const totals: number[] = [];
  const growth: number[] = [];
  for (let n = 1; n <= runs; n++) {
    const root = await runToCompletion(client, ref, LONG_POLL_MS);
    const tasks = (await client.executions.children(root.id)).sort((a, b) => a.id - b.id);
    if (tasks.length !== LONG_TASKS) throw new Error(`${tasks.length} tasks instead of ${LONG_TASKS}`);
    const ends = await Promise.all(
      [tasks[0]!, tasks[COMPARED - 1]!, tasks.at(-COMPARED)!, tasks.at(-1)!].map(({ id }) => client.executions.get(id)),
    );
    totals.push(recordedMs(root));
    growth.push(spanMs(ends.slice(2)) / spanMs(ends.slice(0, 2)));
    reportProgress(`sequence of ${LONG_TASKS} no-op tasks, ${n} of ${runs}: ${formatSeconds(totals.at(-1)!)}`);
  }
  return {
    title: `${LONG_TASKS} no-op tasks in sequence`,
    result: `${formatSeconds(median(totals))}; last ${COMPARED} take ${median(growth).toFixed(2)} × the first ${COMPARED}`,
    limit: '30 s',
    goal: '2.5 s',
    baseline: 'no process',
    figures: { p50_ms: median(totals), growth_ratio: median(growth) },
  };
}

export const sequenceBenchmark: Benchmark = {
  name: 'sequence',
  about: `workflows of ${SHORT_TASKS} and of ${LONG_TASKS} no-op tasks, one after the other`,
  runs: 3,
  measure: (run) =>
    withPack(run.stop, async (client) => [await measureShort(client, run), await measureLong(client, run)]),
};
