import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

const FINISHED = 20_000;
/** The rows fill more than 1,000 blocks. */
const MOST_BLOCKS = 50;

const owner = withOwner(withDatabase());
let worker: number;

beforeAll(async () => {
  const [registered] = await owner.query<{ id: number }>(
    `select register_worker('finished', '{}', 1, '{}', '{}', '{}') as id`,
  );
  worker = registered!.id;
  await owner.query(
    `insert into execution (tenant, action_ref, status, worker, released, config)
     select 1, 'a.b', 'completed', ${worker}, true, jsonb_build_object('filler', repeat('x', 500))
     from generate_series(1, ${FINISHED})`,
  );
  await owner.query(
    `insert into execution (tenant, action_ref, status, worker, released, config)
     select 1, 'a.rare', status, ${worker}, true, '{}' from unnest('{completed,failed,scheduled}'::text[]) status`,
  );
  await owner.query('vacuum analyze execution');
});

interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: Readonly<Record<string, number>> }];
}

async function blocksRead(statement: string): Promise<number> {
  const explain = `explain (analyze, buffers, format json) ${statement.replace('$worker', String(worker))}`;
  await owner.query(explain); // it reads the catalogue
  const [explained] = await owner.query<Explained>(explain);
  const { Plan: plan } = explained!['QUERY PLAN'][0];
  return plan['Shared Hit Blocks']! + plan['Shared Read Blocks']!;
}

test('the rows fill more blocks than a lookup may read', async () => {
  expect(await blocksRead('select count(config) from execution')).toBeGreaterThan(1_000);
});

test.each([
  'select worker_load($worker)',
  'select * from worker_load_counts($worker)',
  'select is_worker_reserved($worker)',
  'select * from lost_executions()',
  `select id from execution where tenant = 1 and action_ref = 'a.rare' order by created desc, id desc limit 50`,
  `select id from execution where tenant = 1 and status = 'failed' order by created desc, id desc limit 50`,
])('%s reads no finished executions', async (statement) => {
  expect(await blocksRead(statement)).toBeLessThan(MOST_BLOCKS);
});
