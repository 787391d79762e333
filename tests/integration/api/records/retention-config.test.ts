import type { InjectOptions } from 'fastify';
import { sql } from 'kysely';
import { RETENTION_TARGETS, type RetentionConfig } from '../../../../contract/records/retention';
import { seedRetention } from '../../../../platform/store/records/retention-passes';
import { signToken } from '../../../../platform/auth/tokens';
import { SECRET, withApi } from '../with-api';

const api = withApi();
const PATH = '/retention-config';
const DAY_S = 86_400;

const send = (method: InjectOptions['method'], payload?: object, token = api().admin) =>
  api().call(method, PATH, payload, token);
const config = async () => (await send('GET')).json<{ data: RetentionConfig }>().data;
const update = async (payload: object) => (await send('PUT', payload)).json<{ data: RetentionConfig }>().data;

async function rejectionOf(payload: object) {
  const response = await send('PUT', payload);
  const { code, details } = response.json<{ code: string; details: { path: string } }>();
  return [response.statusCode, code, details.path];
}

test('the ages of a new database are 30 days, of its audit log 90', async () => {
  const ages = RETENTION_TARGETS.map((name) => [name, { max_age_seconds: 30 * DAY_S }]);

  expect(await config()).toEqual({
    enabled: true,
    check_interval_seconds: 3_600,
    batch_size: 1_000,
    dry_run: false,
    advisory_lock_key: 7_041_993,
    targets: { ...Object.fromEntries(ages), audit_events: { max_age_seconds: 90 * DAY_S } },
    last_pass: null,
  });
});

test('an update changes what it names and is audited', async () => {
  const before = await config();

  const answered = await update({ batch_size: 7, enabled: null, targets: { workers: { max_age_seconds: null } } });

  const expected = { ...before, batch_size: 7, targets: { ...before.targets, workers: { max_age_seconds: null } } };
  expect([answered, await config()]).toEqual([expected, expected]);
  const { rows } = await api().owner.query(
    `select category, event_type, outcome, http_status from audit_event where http_path = $1`,
    [`/api/v1${PATH}`],
  );
  expect(rows).toEqual([
    { category: 'admin', event_type: 'retention_config.update', outcome: 'success', http_status: 200 },
  ]);
});

test.each<[string, object, string]>([
  ['an interval of zero', { check_interval_seconds: 0 }, 'check_interval_seconds'],
  ['an interval of a year', { check_interval_seconds: 365 * DAY_S }, 'check_interval_seconds'],
  ['a portion of zero', { batch_size: 0 }, 'batch_size'],
  ['a negative portion', { batch_size: -1 }, 'batch_size'],
  ['a portion of a million', { batch_size: 1_000_000 }, 'batch_size'],
  ['a lock of zero', { advisory_lock_key: 0 }, 'advisory_lock_key'],
  ['the lock of the migration', { advisory_lock_key: 7_041_984 }, 'advisory_lock_key'],
  ['an age of zero', { targets: { events: { max_age_seconds: 0 } } }, 'targets.events.max_age_seconds'],
  ['an age before all dates', { targets: { events: { max_age_seconds: 1e12 } } }, 'targets.events.max_age_seconds'],
  ['an unknown target', { targets: { identities: { max_age_seconds: 1 } } }, 'targets.identities'],
  ['a target of the prototype', { targets: { constructor: { max_age_seconds: 1 } } }, 'targets.constructor'],
])('%s is refused, and nothing else of the request is stored', async (_name, payload, path) => {
  const before = await config();

  expect(await rejectionOf({ dry_run: true, ...payload })).toEqual([400, 'BAD_REQUEST', path]);

  expect(await config()).toEqual(before);
});

test.each<[string, object]>([
  ['a portion as text', { batch_size: '7' }],
  ['a fraction of a second', { check_interval_seconds: 1.5 }],
  ['a target without an age', { targets: { events: {} } }],
  ['a list of targets', { targets: [] }],
  ['a flag as a number', { enabled: 1 }],
])('%s is a wrong shape', async (_name, payload) => {
  expect((await send('PUT', payload)).statusCode).toBe(422);
});

test('without its grant neither is allowed', async () => {
  const token = await api().createUser('plain');

  const answers = [await send('GET', undefined, token), await send('PUT', { batch_size: 0 }, token)];

  expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 400]);
  expect((await send('PUT', { batch_size: 1 }, token)).statusCode).toBe(403);
});

test('another tenant reads the settings and cannot change them', async () => {
  const login = 'admin@retention.test';
  const body = { slug: 'retention', name: 'other', admin: { login, password: 'TestPass123!' } };
  await api().call('POST', '/tenants', body);
  const token = await api().logIn(login, 'TestPass123!');

  expect((await send('GET', undefined, token)).json()).toEqual({ data: await config() });
  expect((await send('PUT', { dry_run: true }, token)).statusCode).toBe(403);
  expect((await config()).dry_run).toBe(false);
  const change = api().db.inTenant(2, (transaction) =>
    sql`select update_retention('{"dry_run": true}')`.execute(transaction),
  );
  await expect(change).rejects.toMatchObject({ code: '42501' });
});

test('an execution token needs the grant in its own sets', async () => {
  const token = await signToken(SECRET, {
    identity: 1,
    login: 'x',
    tenant: 1,
    tokenType: 'execution',
    seconds: 600,
  });
  expect((await send('PUT', { dry_run: true }, token)).statusCode).toBe(403);
});

test('the first start sets the ages, and later starts do not', async () => {
  const { owner } = api();
  await owner.query('update runtime_retention_config set is_seeded = false');

  await seedRetention(owner, 7 * DAY_S);
  const seeded = (await config()).targets;
  await seedRetention(owner, 0);

  expect([seeded.events, seeded.audit_events]).toEqual([
    { max_age_seconds: 7 * DAY_S },
    { max_age_seconds: 90 * DAY_S },
  ]);
  expect((await config()).targets).toEqual(seeded);
});

test('a start that keeps everything sets no age', async () => {
  await api().owner.query('update runtime_retention_config set is_seeded = false');
  await seedRetention(api().owner, 0);

  const ages = Object.values((await config()).targets).map(({ max_age_seconds: age }) => age);
  expect(ages).toEqual(RETENTION_TARGETS.map(() => null));
});
