import type { Execution } from '../../contract/executions';
import type { Client } from '../../helpers/client/client';
import { parseInstant } from '../../helpers/instant';
import { bareSequenceMs, barePrograms } from './bare-spawn';
import type { Benchmark, BenchmarkRun, Measurement } from './benchmark';
import { PACK, recordedMs, runToCompletion, withPack } from './bench-platform';
import { formatMs, formatSeconds, median, percentile } from './percentiles';
import type { ReferenceEngine } from './references/reference-engine';
import { startDbos } from './references/dbos';
import { startGraphile } from './references/graphile';
import { withEngine } from './references/with-engine';

export const SHORT_TASKS = 3;
const SHORT_RUNS = 60;
const LONG_TASKS = 1_000;
const NODE_TASKS = 40;
/** The time is read from the record: more requests would only slow the platform down. */
const LONG_POLL_MS = 50;
/** Tasks at the start and at the end of a long workflow that are compared. */
const COMPARED = 100;

const taskName = (n: number): string => `t${n}`;

/** Creates a workflow of the action's tasks, each after the one before. Returns its ref. */
export async function createSequence(client: Client, count: number, action = 'core.noop'): Promise<string> {
  const ref = `${PACK}.sequence${count}`;
  const tasks = Array.from({ length: count }, (_, n) => ({
    name: taskName(n),
    action,
    ...(n + 1 < count && { on_success: taskName(n + 1) }),
  }));
  const definition = { version: '1.0.0', tasks };
  await client.workflows.create({ ref, pack_ref: PACK, label: 'Sequence', version: '1.0.0', definition });
  return ref;
}

/** Times of the reference engines, which take turns with the platform, ms. */
class ReferenceTimes {
  private readonly times: { readonly engine: ReferenceEngine; readonly ms: number[] }[];

  constructor(engines: readonly ReferenceEngine[]) {
    this.times = engines.map((engine) => ({ engine, ms: [] }));
  }

  async measure(steps: number): Promise<void> {
    for (const { engine, ms } of this.times) ms.push(await engine.sequenceMs(steps));
  }

  baseline(): string {
    return this.times.map(({ engine, ms }) => `${engine.name} ${formatMs(median(ms))}`).join(', ');
  }

  figures(): Record<string, number> {
    return Object.fromEntries(this.times.map(({ engine, ms }) => [`${engine.id}_p50_ms`, median(ms)]));
  }
}

async function measureShort(
  client: Client,
  engines: readonly ReferenceEngine[],
  { runs, reportProgress }: BenchmarkRun,
): Promise<Measurement> {
  const ref = await createSequence(client, SHORT_TASKS);
  const references = new ReferenceTimes(engines);
  const times: number[] = [];
  for (let n = 1; n <= runs * SHORT_RUNS; n++) {
    times.push(recordedMs(await runToCompletion(client, ref)));
    await references.measure(SHORT_TASKS);
  }
  const [p50, p99] = [median(times), percentile(times, 99)];
  reportProgress(`sequence of ${SHORT_TASKS} no-op tasks: ${formatMs(p50)}`);
  return {
    title: `${SHORT_TASKS} no-op tasks in sequence, by their record, p50`,
    result: `${formatMs(p50)}, p99 ${formatMs(p99)}`,
    limit: '60 ms',
    goal: '12 ms',
    baseline: references.baseline(),
    figures: { p50_ms: p50, p99_ms: p99, ...references.figures() },
  };
}

/** Ms from the start of the first to the end of the last of these tasks. */
const spanMs = (tasks: readonly Pick<Execution, 'created' | 'finished_at'>[]): number =>
  parseInstant(tasks.at(-1)!.finished_at!) - parseInstant(tasks[0]!.created);

/** Time of the last tasks of the sequence divided by that of the first. */
async function growthOf(client: Client, root: number): Promise<number> {
  const tasks = (await client.executions.children(root)).sort((a, b) => a.id - b.id);
  if (tasks.length !== LONG_TASKS) throw new Error(`${tasks.length} tasks instead of ${LONG_TASKS}`);
  const ends = await Promise.all(
    [tasks[0]!, tasks[COMPARED - 1]!, tasks.at(-COMPARED)!, tasks.at(-1)!].map(({ id }) => client.executions.get(id)),
  );
  return spanMs(ends.slice(2)) / spanMs(ends.slice(0, 2));
}

async function measureLong(
  client: Client,
  engines: readonly ReferenceEngine[],
  { runs, reportProgress }: BenchmarkRun,
): Promise<Measurement> {
  const ref = await createSequence(client, LONG_TASKS);
  const references = new ReferenceTimes(engines);
  const totals: number[] = [];
  const growth: number[] = [];
  for (let n = 1; n <= runs; n++) {
    const root = await runToCompletion(client, ref, LONG_POLL_MS);
    await references.measure(LONG_TASKS);
    totals.push(recordedMs(root));
    growth.push(await growthOf(client, root.id));
    reportProgress(`sequence of ${LONG_TASKS} no-op tasks, ${n} of ${runs}: ${formatSeconds(totals.at(-1)!)}`);
  }
  return {
    title: `${LONG_TASKS} no-op tasks in sequence`,
    result: `${formatSeconds(median(totals))}; last ${COMPARED} take ${median(growth).toFixed(2)} × the first ${COMPARED}`,
    limit: '30 s',
    goal: '2.5 s',
    baseline: references.baseline(),
    figures: { p50_ms: median(totals), growth_ratio: median(growth), ...references.figures() },
  };
}

async function measureNode(client: Client, { runs, reportProgress }: BenchmarkRun): Promise<Measurement> {
  const ref = await createSequence(client, NODE_TASKS, `${PACK}.nodejs`);
  const program = barePrograms().nodejs;
  const times: number[] = [];
  const bare: number[] = [];
  for (let n = 1; n <= runs; n++) {
    times.push(recordedMs(await runToCompletion(client, ref, LONG_POLL_MS)));
    bare.push(await bareSequenceMs(program, NODE_TASKS));
    reportProgress(`sequence of ${NODE_TASKS} Node tasks, ${n} of ${runs}: ${formatSeconds(times.at(-1)!)}`);
  }
  const [p50, bareMs] = [median(times), median(bare)];
  return {
    title: `${NODE_TASKS} Node tasks in sequence, warm`,
    result: formatSeconds(p50),
    limit: '10 s',
    goal: '1.2 s',
    baseline: `bare spawns ${formatSeconds(bareMs)}; ratio ${(p50 / bareMs).toFixed(1)}`,
    figures: { p50_ms: p50, bare_p50_ms: bareMs, bare_ratio: p50 / bareMs },
  };
}

export const sequenceBenchmark: Benchmark = {
  name: 'sequence',
  about: `workflows of ${SHORT_TASKS} and ${LONG_TASKS} no-op and ${NODE_TASKS} Node tasks; the same steps in DBOS and graphile-worker`,
  runs: 3,
  measure: (run) =>
    withPack(run.stop, (client, { database_url }) =>
      withEngine(startDbos, database_url, (dbos) =>
        withEngine(startGraphile, database_url, async (graphile) => [
          await measureShort(client, [dbos, graphile], run),
          await measureLong(client, [dbos, graphile], run),
          await measureNode(client, run),
        ]),
      ),
    ),
};
