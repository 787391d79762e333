import { sql } from 'kysely';
import type { AuditEvent, AuditEventSummary } from '../../../../contract/records/audit';
import { DEFAULT_USER } from '../../../../platform/store/identities/first-administrator';
import { withApi } from '../with-api';

const api = withApi();
const SECRET_VALUE = 'hunter2-hunter2';

let token: string;
beforeAll(async () => {
  token = await api().logIn();
});

const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object, as = token) =>
  api().send({ method, url, ...(payload && { payload }) }, as);
const listOf = async (query: string) => {
  const response = await send('GET', `/api/v1/audit-events?${query}`);
  if (response.statusCode !== 200) throw new Error(response.body);
  return response.json<{ items: AuditEventSummary[] }>().items;
};
const getEvent = async (id: number) =>
  (await send('GET', `/api/v1/audit-events/${id}`)).json<{ data: AuditEvent }>().data;

const newKey = (ref: string) => ({ ref, name: ref, owner_type: 'system', value: SECRET_VALUE, encrypted: true });

test('a change is one row, with who, what and from where', async () => {
  expect((await send('POST', '/api/v1/keys', newKey('audit.one'))).statusCode).toBe(201);

  const [summary, ...more] = await listOf('resource_ref=audit.one');
  const event = await getEvent(summary!.id);

  expect(more).toEqual([]);
  expect(event).toMatchObject({
    category: 'secret',
    event_type: 'keys.create',
    outcome: 'success',
    actor_login: DEFAULT_USER.login,
    actor_token_type: 'access',
    actor_ip: '127.0.0.1',
    resource_type: 'keys',
    resource_id: null,
    http_method: 'POST',
    http_path: '/api/v1/keys',
    http_status: 201,
    details: null,
    correlation_chain: null,
  });
  expect(event.request_id).toMatch(/^[0-9a-f-]{36}$/);
  const byRequest = await send('GET', `/api/v1/audit-events/by-request/${event.request_id}`);
  expect(byRequest.json()).toEqual({ data: [event] });
});

test.each([
  ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
  ['198.51.100.1, no-address', '127.0.0.1'],
])('a change through a proxy that names %p is recorded from %s', async (forwarded, address) => {
  const ref = `audit.${address}`.replaceAll('.', '-');
  const request = { method: 'POST', url: '/api/v1/keys', payload: newKey(ref) } as const;
  await api().send({ ...request, headers: { 'x-forwarded-for': forwarded } }, token);

  const [summary] = await listOf(`resource_ref=${ref}`);
  expect((await getEvent(summary!.id)).actor_ip).toBe(address);
});

test('a change that fails is one row of a failure', async () => {
  await send('POST', '/api/v1/keys', newKey('audit.two'));
  expect((await send('POST', '/api/v1/keys', newKey('audit.two'))).statusCode).toBe(409);

  const rows = await listOf('resource_ref=audit.two');

  expect(rows.map(({ outcome, http_status }) => [outcome, http_status])).toEqual([
    ['failure', 409],
    ['success', 201],
  ]);
  expect((await getEvent(rows[0]!.id)).details).toEqual({ code: 'CONFLICT' });
});

test('a change whose row cannot be added is not made', async () => {
  const rename = (from: string, to: string) => api().owner.query(`alter function ${from} rename to ${to}`);
  await rename('append_audit_event', 'renamed');
  try {
    expect((await send('POST', '/api/v1/keys', newKey('audit.none'))).statusCode).toBe(500);
  } finally {
    await rename('renamed', 'append_audit_event');
  }

  expect((await send('GET', '/api/v1/keys/audit.none')).statusCode).toBe(404);
});

test('a denied request is one row that names the missing grant', async () => {
  const login = 'audit-reader';
  const withoutGrants = await api().createUser(login);

  expect((await send('GET', '/api/v1/audit-events', undefined, withoutGrants)).statusCode).toBe(403);
  expect((await send('POST', '/api/v1/keys', newKey('audit.three'), withoutGrants)).statusCode).toBe(403);

  const [denied, ...more] = await listOf('outcome=denied&actor_login=audit-read');
  expect(more).toEqual([]);
  expect(await getEvent(denied!.id)).toMatchObject({
    event_type: 'keys.create',
    resource_ref: 'audit.three',
    http_status: 403,
    details: { code: 'FORBIDDEN', grant: 'keys:create' },
  });
});

test('log-ins are rows, and a login that does not exist is not stored', async () => {
  const { login } = DEFAULT_USER;
  await send('POST', '/auth/login', { login, password: 'wrong-wrong' }, '');
  await send('POST', '/auth/login', { login: 'typed-my-password-here', password: 'x' }, '');

  const rows = await listOf('event_type=auth.login&http_status=401');

  expect(rows.map(({ outcome, actor_login }) => [outcome, actor_login])).toEqual([
    ['denied', null],
    ['denied', login],
  ]);
  expect((await listOf(`event_type=auth.login&outcome=success&actor_login=${login}`)).length).toBeGreaterThan(0);
});

test('a read of a key is a row, other reads are not', async () => {
  await send('POST', '/api/v1/keys', newKey('audit.read'));
  await send('GET', '/api/v1/keys/audit.read');
  await send('GET', '/api/v1/packs');

  expect((await listOf('resource_ref=audit.read')).map(({ event_type }) => event_type)).toEqual([
    'keys.read',
    'keys.create',
  ]);
  expect(await listOf('resource_type=packs&http_method=GET')).toEqual([]);
});

test('no row holds a password, a token or a value', async () => {
  await send('POST', '/api/v1/keys', { ...newKey('audit.four'), name: 7 });
  const { rows } = await api().owner.query<{ text: string }>(
    'select string_agg(a::text, $1) as text from audit_event a',
    ['\n'],
  );

  expect(rows[0]!.text).toContain('keys.create');
  for (const secret of [SECRET_VALUE, DEFAULT_USER.password, token, 'typed-my-password-here'])
    expect(rows[0]!.text).not.toContain(secret);
});

test('the role of the application can change no row', async () => {
  const run = (statement: string) => api().db.inTenant(1, (transaction) => sql.raw(statement).execute(transaction));

  for (const statement of [
    `update audit_event set outcome = 'success'`,
    'delete from audit_event',
    'truncate audit_event',
    `insert into audit_event (tenant, category, event_type, outcome) values (1, 'api', 'x.y', 'success')`,
  ])
    await expect(run(statement)).rejects.toMatchObject({ code: '42501' });
});

test('rows of another tenant do not exist', async () => {
  const { rows } = await api().owner.query<{ id: number }>(
    `with t as (insert into tenant (slug, name) values ('audited', 'other') returning id)
     insert into audit_event (tenant, category, event_type, outcome, request_id)
     select id, 'api', 'foreign.create', 'success', '11111111-2222-4333-8444-555555555555' from t returning id`,
  );

  expect(await listOf('event_type=foreign.create')).toEqual([]);
  expect((await send('GET', `/api/v1/audit-events/${rows[0]!.id}`)).statusCode).toBe(404);
  const byRequest = await send('GET', '/api/v1/audit-events/by-request/11111111-2222-4333-8444-555555555555');
  expect(byRequest.json()).toEqual({ data: [] });
});

test('filters that are none are refused', async () => {
  const statusOf = async (path: string) => (await send('GET', `/api/v1/audit-events${path}`)).statusCode;

  expect([await statusOf('?category=none'), await statusOf('?request_id=x')]).toEqual([400, 400]);
  expect([await statusOf('?created_after=x'), await statusOf('/by-request/x'), await statusOf('/999999')]).toEqual([
    400, 400, 404,
  ]);
  const counted = await send('GET', '/api/v1/audit-events?include_total=true&per_page=900');
  expect(counted.json()).toMatchObject({ pagination: { page_size: 500, total_items: expect.any(Number) as number } });
});
