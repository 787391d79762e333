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

test('what is due or recent is so by the clock of its tenant', async () => {
  const owner = openPool(database().url, 1);
  try {
    const before = (await readStatistics(owner)).executions;
    await owner.query(`insert into tenant (id, slug, name) overriding system value values
      (2, 'early', 'early'), (3, 'late', 'late'), (4, 'ahead', 'ahead')`);
    await owner.query(`insert into tenant_clock (tenant, pinned_at, ahead) values
      (2, '2020-01-01', null), (3, '2040-01-01', null), (4, null, interval '1 day')`);
    await owner.query(`insert into execution (tenant, action_ref, status, released, due_at) values
      (2, 'core.noop', 'requested', true, '2020-01-02'), (2, 'core.noop', 'requested', true, '2020-01-01'),
      (3, 'core.noop', 'requested', true, '2039-12-31'), (3, 'core.noop', 'requested', true, '2040-01-02'),
      (4, 'core.noop', 'requested', true, liveness_now() + interval '1 h'),
      (4, 'core.noop', 'requested', true, liveness_now() + interval '2 days')`);
    await owner.query(`insert into execution (tenant, action_ref, status, worker, created, started_at, finished_at)
      select t.id, 'core.noop', 'failed', w.id, at, at, at from worker w, (values
        (2, timestamptz '2020-01-01'), (2, '2019-12-31'), (3, '2040-01-01'), (3, '2039-12-31'),
        (4, liveness_now() + interval '1 day'), (4, liveness_now())) as t (id, at) where w.name = 'w1'`);

    const { executions, recent } = await readStatistics(owner);

    expect(executions).toEqual({ ...before, queued: before.queued + 3, delayed: before.delayed + 3 });
    expect(recent).toContainEqual(expect.objectContaining({ status: 'failed', count: 3 }));
  } finally {
    await owner.end();
  }
});
