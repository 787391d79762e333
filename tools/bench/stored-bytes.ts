import { Client as DatabaseClient } from 'pg';
import type { Client } from '../../helpers/client/client';
import { inParallel } from '../../helpers/in-parallel';
import { createWebhookRule } from '../../helpers/scenario/resources/webhook-rule';
import type { Benchmark, BenchmarkRun } from './benchmark';
import { PACK, PACK_FILES, withBenchPlatform } from './bench-platform';
import { waitUntilAllCompleted } from './burst';

const COUNT = 1_000;
const CONCURRENT_REQUESTS = 16;
/** PLATFORM_RETENTION_COUNT, where it is not set. */
const KEPT = 100_000;
const KIB = 1_024;
const MIB = KIB * KIB;

async function databaseBytes(url: string): Promise<number> {
  const database = new DatabaseClient(url);
  await database.connect();
  try {
    await database.query('vacuum'); // what autovacuum does
    const { rows } = await database.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes');
    return Number(rows[0]!.bytes);
  } finally {
    await database.end();
  }
}

/** Bytes of the database for one event with its enforcement, execution and log entries. */
async function measureBytes(client: Client, databaseUrl: string, run: BenchmarkRun): Promise<number[]> {
  const context = { client, packRef: PACK, name: (part: string) => part, defer: () => undefined };
  const { post } = await createWebhookRule(context, { action: `${PACK}.shell` });
  const each: number[] = [];
  for (let n = 1; n <= run.runs; n++) {
    const before = await databaseBytes(databaseUrl);
    const { completed } = await client.executions.stats();
    await inParallel(COUNT, CONCURRENT_REQUESTS, () => post({}));
    await waitUntilAllCompleted(client, completed + COUNT);
    each.push(((await databaseBytes(databaseUrl)) - before) / COUNT);
    run.reportProgress(`${COUNT} events, ${n} of ${run.runs}: ${(each.at(-1)! / KIB).toFixed(1)} KiB each`);
  }
  return each;
}

export const storedBytesBenchmark: Benchmark = {
  name: 'stored-bytes',
  about: `the database after ${COUNT} events that run a shell action each`,
  runs: 2,
  measure: (run) =>
    withBenchPlatform(run.stop, async (client, { database_url }) => {
      await client.packs.upload(PACK_FILES);
      const bytes = Math.max(...(await measureBytes(client, database_url, run)));
      const kept = bytes * KEPT;
      return [
        {
          title: `database, ${KEPT} events with a shell action each, the default retention`,
          result: `${(kept / MIB).toFixed(0)} MiB`,
          limit: '1,024 MiB',
          goal: '–',
          baseline: `${(bytes / KIB).toFixed(1)} KiB each`,
          figures: { kept_bytes: kept, each_bytes: bytes },
        },
      ];
    }),
};
