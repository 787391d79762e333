import { Client as Connection } from 'pg';
import type { Client } from '../../helpers/client/client';
import { burstMs } from './burst';
import { formatMs, median } from './percentiles';
import type { Benchmark, BenchmarkRun, Measurement } from './benchmark';
import { recordedMs, runToCompletion, withPack } from './bench-platform';
import { createSequence, SHORT_TASKS } from './sequence';

const FINISHED = 1_000_000;
const SEQUENCES = 60;
const BURST = 1_000;
/** The platform must not remove what is measured. */
const KEEPS_ALL = { PLATFORM_RETENTION_COUNT: '0' };

interface Sample {
  readonly sequenceMs: number;
  readonly perSecond: number;
}

async function measureSample(client: Client, workflow: string, runs: number): Promise<Sample> {
  const times: number[] = [];
  const rates: number[] = [];
  for (let n = 1; n <= runs * SEQUENCES; n++) times.push(recordedMs(await runToCompletion(client, workflow)));
  for (let n = 1; n <= runs; n++) rates.push((BURST / (await burstMs(client, 'core.noop', BURST))) * 1_000);
  return { sequenceMs: median(times), perSecond: median(rates) };
}

/**
 * Copies a finished execution, as rows of another action: lists of `core.noop` stay as long as
 * before.
 */
async function fillTable(databaseUrl: string, template: number): Promise<void> {
  const connection = new Connection({ connectionString: databaseUrl });
  await connection.connect();
  try {
    const { rows } = await connection.query<{ column: string }>(
      `select quote_ident(attname) as column from pg_attribute
       where attrelid = 'execution'::regclass and attnum > 0 and not attisdropped and attname not in ('id', 'action_ref')`,
    );
    const columns = rows.map(({ column }) => column).join(', ');
    await connection.query('alter table execution disable trigger user');
    await connection.query(
      `insert into execution (action_ref, ${columns})
       select 'core.old', ${columns} from execution, generate_series(1, $2) where id = $1`,
      [template, FINISHED],
    );
    await connection.query('alter table execution enable trigger user');
    await connection.query('vacuum analyze execution');
  } finally {
    await connection.end();
  }
}

function toMeasurement(before: Sample, after: Sample): Measurement {
  const [sequenceRatio, rateRatio] = [after.sequenceMs / before.sequenceMs, before.perSecond / after.perSecond];
  return {
    title: `${FINISHED} finished executions in the table: ${SHORT_TASKS} no-op tasks, p50, and no-op executions a second`,
    result: `${formatMs(after.sequenceMs)}, ${after.perSecond.toFixed(0)}/s; ratios ${sequenceRatio.toFixed(2)}, ${rateRatio.toFixed(2)}`,
    limit: '–',
    goal: 'ratios 1.2',
    baseline: `empty table ${formatMs(before.sequenceMs)}, ${before.perSecond.toFixed(0)}/s`,
    figures: {
      p50_ms: after.sequenceMs,
      empty_p50_ms: before.sequenceMs,
      sequence_ratio: sequenceRatio,
      per_second: after.perSecond,
      empty_per_second: before.perSecond,
      rate_ratio: rateRatio,
    },
  };
}

async function measureGrowth(client: Client, databaseUrl: string, run: BenchmarkRun): Promise<Measurement> {
  const workflow = await createSequence(client, SHORT_TASKS);
  const { id } = await runToCompletion(client, 'core.noop');
  const before = await measureSample(client, workflow, run.runs);
  run.reportProgress(`empty table: ${formatMs(before.sequenceMs)}, ${before.perSecond.toFixed(0)}/s`);
  await fillTable(databaseUrl, id);
  run.reportProgress(`${FINISHED} rows stored`);
  return toMeasurement(before, await measureSample(client, workflow, run.runs));
}

export const growthBenchmark: Benchmark = {
  name: 'growth',
  about: `the same work with an empty table and with ${FINISHED} finished executions`,
  runs: 2,
  measure: (run) =>
    withPack(run.stop, async (client, { database_url }) => [await measureGrowth(client, database_url, run)], KEEPS_ALL),
};
