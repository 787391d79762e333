import { withApi } from '../with-api';

const api = withApi();

const SINCE = '2026-03-01T10:00:00Z';
const UNTIL = '2026-03-01T13:00:00Z';
const INTERVAL = `since=${SINCE}&until=${UNTIL}`;

const get = (path: string) => api().call('GET', `/analytics${path}`);
const dataOf = async <T>(path: string) => (await get(path)).json<{ data: T }>().data;
const point = (hour: number, label: string | null, value: number) => ({
  bucket: `2026-03-01T${hour}:00:00Z`,
  label,
  value,
});

beforeAll(async () => {
  const { rows } = await api().owner.query<{ id: number }>(
    `insert into tenant (slug, name) values ('analytics', 'other') returning id`,
  );
  const insert = (tenant: number, status: string, at: string) =>
    api().owner.query(
      `with e as (insert into execution (tenant, action_ref, status, attempt, created, started_at, finished_at)
         values ($1, 'demo.act', $2, 1, $3, $3, $3) returning id),
       v as (insert into event (tenant, trigger_ref, created) values ($1, 'demo.t', $3) returning id)
       insert into enforcement (tenant, trigger_ref, event, created) select $1, 'demo.t', id, $3 from v`,
      [tenant, status, at],
    );
  await insert(1, 'completed', '2026-03-01T10:10:00Z');
  await insert(1, 'failed', '2026-03-01T10:50:00Z');
  await insert(1, 'timeout', '2026-03-01T12:00:00Z');
  await insert(1, 'cancelled', '2026-03-01T12:59:59Z');
  await insert(1, 'completed', '2026-03-01T13:00:00Z');
  await insert(1, 'completed', '2026-03-01T09:59:59Z');
  await insert(rows[0]!.id, 'failed', '2026-03-01T11:00:00Z');
});

test('rows are counted by the hour, those of the tenant alone', async () => {
  const counts = { since: SINCE, until: UNTIL, data: [point(10, null, 2), point(12, null, 2)] };

  expect(await dataOf(`/executions/throughput?${INTERVAL}`)).toEqual(counts);
  expect(await dataOf(`/events/volume?${INTERVAL}`)).toEqual(counts);
  expect(await dataOf(`/enforcements/volume?${INTERVAL}`)).toEqual(counts);
});

test('each status that executions reached is counted', async () => {
  const { data } = await dataOf<{ data: { label: string }[] }>(`/executions/status?${INTERVAL}`);

  expect(data.filter(({ label }) => !['requested', 'scheduled'].includes(label))).toEqual([
    ...[point(10, 'completed', 1), point(10, 'failed', 1), point(10, 'running', 2)],
    ...[point(12, 'cancelled', 1), point(12, 'running', 2), point(12, 'timeout', 1)],
  ]);
});

test('the failure rate is that of the executions that ended', async () => {
  expect(await dataOf(`/executions/failure-rate?${INTERVAL}`)).toEqual({
    since: SINCE,
    until: UNTIL,
    total_terminal: 4,
    completed_count: 1,
    failed_count: 1,
    timeout_count: 1,
    failure_rate_pct: 50,
  });
  expect(await dataOf('/executions/failure-rate?until=2001-01-01T00:00:00Z')).toMatchObject({
    since: '2000-12-31T00:00:00Z',
    total_terminal: 0,
    failure_rate_pct: 0,
  });
});

test('the dashboard has every count', async () => {
  const points = [point(10, null, 2), point(12, null, 2)];

  const dashboard = await dataOf<Record<string, unknown>>(`/dashboard?${INTERVAL}`);

  expect(dashboard).toMatchObject({
    since: SINCE,
    until: UNTIL,
    execution_throughput: points,
    event_volume: points,
    enforcement_volume: points,
    worker_status: [],
    failure_rate: { since: SINCE, until: UNTIL, failed_count: 1 },
  });
  expect(dashboard.execution_status).toHaveLength(10);
});

test('the statuses of workers are counted', async () => {
  await api().owner.query(`select register_worker('counted', '{}', 1, '{}', '{}', '{}')`);

  const { data } = await dataOf<{ data: { label: string; value: number }[] }>('/workers/status?hours=1');

  expect(data.map(({ label, value }) => [label, value])).toEqual([['active', 1]]);
});

test('what is no interval is refused', async () => {
  const statusOf = async (query: string) => (await get(`/dashboard?${query}`)).statusCode;

  expect([await statusOf('hours=1'), await statusOf('hours=8760')]).toEqual([200, 200]);
  expect([await statusOf('hours=0'), await statusOf('hours=8761'), await statusOf('hours=x')]).toEqual([400, 400, 400]);
  expect([await statusOf('since=x'), await statusOf(`since=${UNTIL}&until=${SINCE}`)]).toEqual([400, 400]);
  expect(await statusOf(`since=2024-01-01T00:00:00Z&until=${UNTIL}`)).toBe(400);
});
