import { sql } from 'kysely';
import { openPool } from '../../../platform/store/database';
import { withExecutor } from './stage';

const stage = withExecutor();

/** A second worker, as plain SQL makes one: what it says of itself stands in `capabilities`. */
async function add(name: string, capabilities: object): Promise<number> {
  const pool = openPool(stage.url(), 1);
  try {
    const { rows } = await pool.query<{ id: number }>(
      `insert into worker (name, status, runtimes, capabilities, last_heartbeat)
       values ($1, 'active', '{"shell": "5.2.0"}', $2, now()) returning id`,
      [name, JSON.stringify(capabilities)],
    );
    return rows[0]!.id;
  } finally {
    await pool.end();
  }
}

const asked = async (fields: { worker_affinity?: object; worker_tolerations?: unknown }) => {
  const { id } = await stage.request('stage.act');
  await stage.db().inTenant(1, (transaction) =>
    sql`update execution set worker_affinity = ${JSON.stringify(fields.worker_affinity ?? null)}::json,
      worker_tolerations = ${JSON.stringify(fields.worker_tolerations ?? null)}::json where id = ${id}`.execute(
      transaction,
    ),
  );
  await stage.dispatch();
  const { worker, status, result } = await stage.get(id);
  return { worker, status, result };
};

test('taints and labels that a worker tells of decide where an execution runs', async () => {
  const taints = [null, 'odd', { key: 'gpu', effect: 'no_schedule' }];
  const tainted = await add('tainted', { taints, labels: { zone: 'north' } });
  await add('odd', { taints: 'none', labels: ['x'] });
  const worker_affinity = { required: [{ match_labels: { zone: 'north' } }] };

  expect(await asked({ worker_affinity, worker_tolerations: [{ key: 'gpu' }] })).toMatchObject({ worker: tainted });
  expect(await asked({ worker_affinity })).toMatchObject({
    status: 'failed',
    result: { error: 'Execution is unschedulable', message: expect.stringContaining('taints that are tolerated') },
  });
  const away = { anti_affinity: [{ match_expressions: [{ key: 'worker', operator: 'does_not_exist' }] }] };
  expect(await asked({ worker_affinity: away })).toMatchObject({ worker: stage.worker() });
});

test('an affinity that cannot be read fails its own execution, and says where it is wrong', async () => {
  expect(await asked({ worker_affinity: { required: 'x' } })).toMatchObject({
    status: 'failed',
    result: { error: 'Execution is unschedulable', message: expect.stringContaining('worker_affinity/required') },
  });
});

test('an action’s affinity holds where the request names none', async () => {
  await stage.db().inTenant(1, (transaction) =>
    transaction
      .updateTable('action')
      .set({ worker_affinity: JSON.stringify({ required: [{ match_labels: { worker: 'nowhere' } }] }) })
      .where('ref', '=', 'stage.act')
      .execute(),
  );

  expect(await asked({})).toMatchObject({ status: 'failed' });
  expect(await asked({ worker_affinity: { required: [{ match_labels: { worker: 'played' } }] } })).toMatchObject({
    worker: stage.worker(),
  });
});
