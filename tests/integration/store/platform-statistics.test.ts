import { openPool } from '../../../platform/store/database/connection';
import { readStatistics } from '../../../platform/store/database/platform-statistics';
import { withDatabase } from '../database/with-database';

const database = withDatabase();

test('statistics count executions, leases and workers of all tenants', async () => {
  const owner = openPool(database().url, 1);
  try {
    expect(await readStatistics(owner)).toMatchObject({ created: 0, leasesGranted: 0, leases: [], workers: [] });
    const { rows } = await owner.query<{ id: number }>(
      "insert into worker (name, slots) values ('w1', 4) returning id::int",
    );
    const worker = rows[0]!.id;
    await owner.query(`insert into execution (action_ref, status, released, due_at) values
      ('core.noop', 'requested', true, null), ('core.noop', 'scheduling', true, null),
      ('core.noop', 'requested', true, platform_now() + interval '1 h'), ('core.noop', 'running', true, null)`);
    await owner.query(
      `insert into execution (action_ref, status, worker, created, started_at, finished_at)
       select 'core.noop', 'completed', $1, platform_now() - interval '3 s', platform_now() - interval '2 s', platform_now()
       from generate_series(1, 3)`,
      [worker],
    );
    await owner.query(`insert into lease (resource, tenant, owner, expires_at, fencing_token) values
      ('execution:1', 1, 1, liveness_now() + interval '1 h', nextval('fencing_token')),
      ('execution:2', 1, 1, liveness_now() - interval '1 h', nextval('fencing_token'))`);

    const statistics = await readStatistics(owner);

    expect(statistics).toMatchObject({
      executions: { queued: 2, delayed: 1, scheduled: 0, running: 1 },
      created: 7,
      leasesGranted: 2,
      leases: [
        { resource: 'execution', state: 'expired', count: 1 },
        { resource: 'execution', state: 'held', count: 1 },
      ],
      workers: [{ status: 'active', count: 1, slots: 4 }],
      recent: [{ status: 'completed', count: 3 }],
    });
    const [recent] = statistics.recent;
    expect(recent?.queueSeconds.map(Math.round)).toEqual([1, 1, 1]);
    expect(recent?.runSeconds.map(Math.round)).toEqual([2, 2, 2]);
  } finally {
    await owner.end();
  }
});
