import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { signToken } from '../../../platform/auth/tokens';
import { SECRET, withApi } from './with-api';

const testApi = withApi();
let admin: number;
beforeAll(async () => {
  const { rows } = await testApi().owner.query<{ id: number }>(
    `select id from identity where login = 'test@attune.local'`,
  );
  admin = rows[0]!.id;
});

const now = () => Math.floor(Date.now() / 1_000);
const encoded = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const claims = (more: object = {}): object => ({
  sub: String(admin),
  login: 'x',
  iat: now(),
  exp: now() + 600,
  ...more,
});

/** A token by hand, so that what a library would refuse to make can be made. */
function forgeToken(payload: object, header: object = {}, secret = SECRET, algorithm = 'sha256'): string {
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT', ...header })}.${encoded(payload)}`;
  return `${signed}.${createHmac(algorithm, secret).update(signed).digest('base64url')}`;
}

const requestWith = (token: string, url = '/api/v1/executions') => testApi().send({ url }, token);

const INVALID = '{"error":{"code":401,"message":"Invalid authentication token"}}';
const EXPIRED = '{"error":{"code":401,"message":"Authentication token expired"}}';
const MISSING = '{"error":{"code":401,"message":"Missing authentication token"}}';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const publicText = publicKey.export({ type: 'spki', format: 'pem' }).toString();

function signedByRsa(payload: object): string {
  const signed = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(payload)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

const unsigned = (alg: string): string => `${encoded({ alg, typ: 'JWT' })}.${encoded(claims())}.`;

test('a token that is signed with the secret is accepted', async () => {
  const response = await requestWith(forgeToken({ sub: String(admin), exp: now() + 60 }));

  expect(response.statusCode).toBe(200);
});

test.each<[string, () => string, string]>([
  ['expired by a second', () => forgeToken(claims({ exp: now() - 1 })), EXPIRED],
  ['not valid before a minute from now', () => forgeToken(claims({ nbf: now() + 60 })), INVALID],
  ['without an end', () => forgeToken(claims({ exp: undefined })), INVALID],
  ['an end that is a text', () => forgeToken(claims({ exp: String(now() + 60) })), INVALID],
  ['an end beyond all time', () => forgeToken(claims({ exp: 1e20 })), INVALID],
  ['alg none', () => unsigned('none'), INVALID],
  ['alg None', () => unsigned('None'), INVALID],
  ['alg nOnE', () => unsigned('nOnE'), INVALID],
  ['an empty signature', () => unsigned('HS256'), INVALID],
  ['HS384 with our secret', () => forgeToken(claims(), { alg: 'HS384' }, SECRET, 'sha384'), INVALID],
  ['RS256', () => signedByRsa(claims()), INVALID],
  ['a public key as the secret', () => forgeToken(claims(), {}, publicText), INVALID],
  ['another secret', () => forgeToken(claims(), {}, 'guessed'), INVALID],
  ['a kid that is a path, wrong secret', () => forgeToken(claims(), { kid: '../../dev/null' }, ''), INVALID],
  [
    'a key of its own',
    () => forgeToken(claims(), { jwk: { kty: 'oct', k: encoded('k') }, jku: 'http://127.0.0.1:1' }, 'k'),
    INVALID,
  ],
  ['an unknown critical header', () => forgeToken(claims(), { crit: ['x'], x: 1 }), INVALID],
  ['a sub of no identity', () => forgeToken(claims({ sub: '999999999' })), INVALID],
  ['a sub that is a number', () => forgeToken(claims({ sub: 1 })), INVALID],
  ['a sub that is a word', () => forgeToken(claims({ sub: "1' or '1'='1" })), INVALID],
  ['without a sub', () => forgeToken(claims({ sub: undefined })), INVALID],
  ['another tenant', () => forgeToken(claims({ tenant: 77 })), INVALID],
  ['a tenant that is a text', () => forgeToken(claims({ tenant: '1' })), INVALID],
  ['an unknown type', () => forgeToken(claims({ token_type: 'root' })), INVALID],
  ['a refresh token', () => forgeToken(claims({ token_type: 'refresh' })), INVALID],
  ['no token at all', () => 'x', INVALID],
  ['claims that are a list', () => forgeToken([]), INVALID],
])('%s is rejected', async (_what, token, body) => {
  const response = await requestWith(token());

  expect([response.statusCode, response.body]).toEqual([401, body]);
});

test.each(['access', 'execution'])('a token of type %s is accepted', async (token_type) => {
  const metadata = { execution_id: 999_999, permission_set_refs: [] };

  expect((await requestWith(forgeToken(claims({ token_type, metadata })))).statusCode).toBe(200);
});

test('a worker token is rejected on every path by default', async () => {
  const token = forgeToken(claims({ token_type: 'worker' }));

  for (const url of ['/api/v1/executions', '/api/v1/keys', '/auth/me']) {
    const response = await requestWith(token, url);
    expect([response.statusCode, response.json()]).toEqual([
      403,
      { error: 'A token of type worker may not be used here', code: 'FORBIDDEN' },
    ]);
  }
});

test('a sensor token is accepted only on routes for sensors', async () => {
  const token = forgeToken(claims({ token_type: 'sensor', metadata: { trigger_types: ['demo.happened'] } }));

  expect((await requestWith(token, '/auth/me')).statusCode).toBe(200);
  const response = await requestWith(token);
  expect([response.statusCode, response.json()]).toMatchObject([403, { code: 'FORBIDDEN' }]);
});

test('the expiry of a sensor token is written with an offset', async () => {
  const payload = { sensor_ref: 'demo.watch', trigger_types: ['demo.happened'], ttl_seconds: 3_600 };
  const response = await testApi().send(
    { method: 'POST', url: '/auth/sensor-token', payload },
    await testApi().logIn(),
  );

  const { data } = response.json<{ data: { expires_at: string } }>();
  expect(data.expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/);
  expect(Math.abs(Date.parse(data.expires_at) - Date.now() - 3_600_000)).toBeLessThan(30_000);
});

test.each([
  ['bearer', MISSING],
  ['BEARER', MISSING],
  ['Basic', MISSING],
  ['Bearer ', INVALID],
])('the scheme is case-sensitive: "%s" is rejected', async (scheme, body) => {
  const spelt = await testApi().send({
    url: '/api/v1/executions',
    headers: { authorization: `${scheme} ${forgeToken(claims())}` },
  });
  expect([spelt.statusCode, spelt.body]).toEqual([401, body]);
});

test('a token in the query is ignored', async () => {
  const response = await testApi().send({
    url: `/api/v1/executions?token=${forgeToken(claims())}&access_token=${forgeToken(claims())}`,
  });

  expect([response.statusCode, response.body]).toEqual([401, MISSING]);
});

test('/auth/me answers authentication errors in envelope A', async () => {
  const bad = await requestWith('x', '/auth/me');
  const gone = await requestWith(forgeToken(claims({ sub: '999999999' })), '/auth/me');

  expect([bad.statusCode, bad.body]).toEqual([401, '{"error":"Invalid authentication token","code":"UNAUTHORIZED"}']);
  expect([gone.statusCode, gone.body]).toEqual([404, '{"error":"Identity not found","code":"NOT_FOUND"}']);
});

test('a token is 403 once its identity is frozen, 401 once deleted', async () => {
  const { rows } = await testApi().owner.query<{ id: number }>(
    `insert into identity (login) values ('passing') returning id`,
  );
  const token = forgeToken(claims({ sub: String(rows[0]!.id) }));
  expect((await requestWith(token)).statusCode).toBe(200);

  await testApi().owner.query(`update identity set frozen = true where login = 'passing'`);
  const frozen = await requestWith(token);
  await testApi().owner.query(`delete from identity where login = 'passing'`);
  const deleted = await requestWith(token);

  expect([frozen.statusCode, frozen.json()]).toMatchObject([403, { code: 'FORBIDDEN' }]);
  expect([deleted.statusCode, deleted.body]).toEqual([401, INVALID]);
});

test('a frozen tenant rejects its identities', async () => {
  await testApi().owner.query(`insert into tenant (id, slug, name, frozen) values (9, 'cold', 'Cold', true)`);
  const { rows } = await testApi().owner.query<{ id: number }>(
    `insert into identity (tenant, login) values (9, 'cold') returning id`,
  );

  expect((await requestWith(forgeToken(claims({ sub: String(rows[0]!.id) })))).statusCode).toBe(403);
});

test('an access token does not refresh', async () => {
  const response = await testApi().send({
    method: 'POST',
    url: '/auth/refresh',
    payload: { refresh_token: forgeToken(claims()) },
  });

  expect([response.statusCode, response.json()]).toMatchObject([401, { code: 'UNAUTHORIZED' }]);
});

test('a session cookie is accepted except for cross-site changes', async () => {
  const cookie = `attune_access_token=${forgeToken(claims())}`;
  const cancel = (headers: Record<string, string>) =>
    testApi().send({ method: 'POST', url: '/api/v1/executions/999999/cancel', headers: { cookie, ...headers } });

  expect(
    (await testApi().send({ url: '/api/v1/executions', headers: { cookie, origin: 'https://evil' } })).statusCode,
  ).toBe(200);
  expect((await cancel({})).statusCode).toBe(404);
  for (const headers of [{ origin: 'https://evil' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
    const response = await cancel(headers);
    expect([response.statusCode, response.json()]).toMatchObject([403, { details: { reason: 'CROSS_SITE' } }]);
  }
});

test('a signed token has the claims of the contract and no more', async () => {
  const token = await signToken(SECRET, { identity: 5, login: 'a@b', tenant: 1, tokenType: 'access', seconds: 3_600 });

  const [header, payload] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
  const { iat } = payload as { iat: number };
  expect(header).toEqual({ alg: 'HS256', typ: 'JWT' });
  expect(payload).toEqual({ sub: '5', login: 'a@b', tenant: 1, token_type: 'access', iat, exp: iat + 3_600 });
});
