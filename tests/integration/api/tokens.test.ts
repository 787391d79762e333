import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { signToken } from '../../../platform/api/tokens';
import { SECRET, withStage } from './stage';

const stage = withStage();
let admin: number;
beforeAll(async () => {
  const { rows } = await stage().owner.query<{ id: number }>(
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
function mint(payload: object, header: object = {}, secret = SECRET, algorithm = 'sha256'): string {
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT', ...header })}.${encoded(payload)}`;
  return `${signed}.${createHmac(algorithm, secret).update(signed).digest('base64url')}`;
}

const ask = (token: string, url = '/api/v1/executions') => stage().send({ url }, token);

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

test('a token minted with the secret alone is as good as one of ours', async () => {
  const answer = await ask(mint({ sub: String(admin), exp: now() + 60 }));

  expect(answer.statusCode).toBe(200);
});

test.each<[string, () => string, string]>([
  ['expired by a second', () => mint(claims({ exp: now() - 1 })), EXPIRED],
  ['not valid before a minute from now', () => mint(claims({ nbf: now() + 60 })), INVALID],
  ['without an end', () => mint(claims({ exp: undefined })), INVALID],
  ['an end that is a text', () => mint(claims({ exp: String(now() + 60) })), INVALID],
  ['an end beyond all time', () => mint(claims({ exp: 1e20 })), INVALID],
  ['alg none', () => unsigned('none'), INVALID],
  ['alg None', () => unsigned('None'), INVALID],
  ['alg nOnE', () => unsigned('nOnE'), INVALID],
  ['an empty signature', () => unsigned('HS256'), INVALID],
  ['HS384 with our secret', () => mint(claims(), { alg: 'HS384' }, SECRET, 'sha384'), INVALID],
  ['RS256', () => signedByRsa(claims()), INVALID],
  ['a public key as the secret', () => mint(claims(), {}, publicText), INVALID],
  ['another secret', () => mint(claims(), {}, 'guessed'), INVALID],
  ['a kid that is a path, wrong secret', () => mint(claims(), { kid: '../../dev/null' }, ''), INVALID],
  [
    'a key of its own',
    () => mint(claims(), { jwk: { kty: 'oct', k: encoded('k') }, jku: 'http://127.0.0.1:1' }, 'k'),
    INVALID,
  ],
  ['an unknown critical header', () => mint(claims(), { crit: ['x'], x: 1 }), INVALID],
  ['a sub of no identity', () => mint(claims({ sub: '999999999' })), INVALID],
  ['a sub that is a number', () => mint(claims({ sub: 1 })), INVALID],
  ['a sub that is a word', () => mint(claims({ sub: "1' or '1'='1" })), INVALID],
  ['without a sub', () => mint(claims({ sub: undefined })), INVALID],
  ['another tenant', () => mint(claims({ tenant: 77 })), INVALID],
  ['a tenant that is a text', () => mint(claims({ tenant: '1' })), INVALID],
  ['an unknown type', () => mint(claims({ token_type: 'root' })), INVALID],
  ['a refresh token', () => mint(claims({ token_type: 'refresh' })), INVALID],
  ['no token at all', () => 'x', INVALID],
  ['claims that are a list', () => mint([]), INVALID],
])('%s is refused', async (_what, token, body) => {
  const answer = await ask(token());

  expect([answer.statusCode, answer.body]).toEqual([401, body]);
});

test.each(['access', 'execution', 'worker'])('a token of type %s is accepted', async (token_type) => {
  const metadata = { execution_id: 999_999, permission_set_refs: [] };

  expect((await ask(mint(claims({ token_type, metadata })))).statusCode).toBe(200);
});

test('a token of type sensor says who it is, and opens nothing that was not made for sensors', async () => {
  const token = mint(claims({ token_type: 'sensor', metadata: { trigger_types: ['demo.happened'] } }));

  expect((await ask(token, '/auth/me')).statusCode).toBe(200);
  const answer = await ask(token);
  expect([answer.statusCode, answer.json()]).toMatchObject([403, { code: 'FORBIDDEN' }]);
});

test('the end of a sensor token is written with its offset', async () => {
  const payload = { sensor_ref: 'demo.watch', trigger_types: ['demo.happened'], ttl_seconds: 3_600 };
  const answer = await stage().send({ method: 'POST', url: '/auth/sensor-token', payload }, await stage().logIn());

  const { data } = answer.json<{ data: { expires_at: string } }>();
  expect(data.expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/);
  expect(Math.abs(Date.parse(data.expires_at) - Date.now() - 3_600_000)).toBeLessThan(30_000);
});

test.each([
  ['bearer', MISSING],
  ['BEARER', MISSING],
  ['Basic', MISSING],
  ['Bearer ', INVALID],
])('the scheme is spelt exactly: "%s" is refused', async (scheme, body) => {
  const spelt = await stage().send({
    url: '/api/v1/executions',
    headers: { authorization: `${scheme} ${mint(claims())}` },
  });
  expect([spelt.statusCode, spelt.body]).toEqual([401, body]);
});

test('a token in the query is no token', async () => {
  const answer = await stage().send({
    url: `/api/v1/executions?token=${mint(claims())}&access_token=${mint(claims())}`,
  });

  expect([answer.statusCode, answer.body]).toEqual([401, MISSING]);
});

test('/auth/me answers a bad token in the envelope of handlers, and one whose identity is gone with 404', async () => {
  const bad = await ask('x', '/auth/me');
  const gone = await ask(mint(claims({ sub: '999999999' })), '/auth/me');

  expect([bad.statusCode, bad.body]).toEqual([401, '{"error":"Invalid authentication token","code":"UNAUTHORIZED"}']);
  expect([gone.statusCode, gone.body]).toEqual([404, '{"error":"Identity not found","code":"NOT_FOUND"}']);
});

test('a token ends with its identity: frozen is forbidden, deleted is invalid', async () => {
  const { rows } = await stage().owner.query<{ id: number }>(
    `insert into identity (login) values ('passing') returning id`,
  );
  const token = mint(claims({ sub: String(rows[0]!.id) }));
  expect((await ask(token)).statusCode).toBe(200);

  await stage().owner.query(`update identity set frozen = true where login = 'passing'`);
  const frozen = await ask(token);
  await stage().owner.query(`delete from identity where login = 'passing'`);
  const deleted = await ask(token);

  expect([frozen.statusCode, frozen.json()]).toMatchObject([403, { code: 'FORBIDDEN' }]);
  expect([deleted.statusCode, deleted.body]).toEqual([401, INVALID]);
});

test('a frozen tenant freezes all who are in it', async () => {
  await stage().owner.query(`insert into tenant (id, slug, name, frozen) values (9, 'cold', 'Cold', true)`);
  const { rows } = await stage().owner.query<{ id: number }>(
    `insert into identity (tenant, login) values (9, 'cold') returning id`,
  );

  expect((await ask(mint(claims({ sub: String(rows[0]!.id) })))).statusCode).toBe(403);
});

test('an access token does not refresh', async () => {
  const answer = await stage().send({
    method: 'POST',
    url: '/auth/refresh',
    payload: { refresh_token: mint(claims()) },
  });

  expect([answer.statusCode, answer.json()]).toMatchObject([401, { code: 'UNAUTHORIZED' }]);
});

test('service tokens change no identity', async () => {
  const token = mint(claims({ token_type: 'worker' }));

  const renamed = await stage().send({ method: 'PUT', url: '/auth/me', payload: { display_name: 'x' } }, token);
  const me = (await ask(token, '/auth/me')).json<{ data: object }>();

  expect(renamed.statusCode).toBe(403);
  expect(me.data).toMatchObject({ effective_permissions: [], assigned_permission_set_refs: [] });
});

test('a session cookie is a token, except for a change asked for by another site', async () => {
  const cookie = `attune_access_token=${mint(claims())}`;
  const cancel = (headers: Record<string, string>) =>
    stage().send({ method: 'POST', url: '/api/v1/executions/999999/cancel', headers: { cookie, ...headers } });

  expect(
    (await stage().send({ url: '/api/v1/executions', headers: { cookie, origin: 'https://evil' } })).statusCode,
  ).toBe(200);
  expect((await cancel({})).statusCode).toBe(404);
  for (const headers of [{ origin: 'https://evil' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
    const answer = await cancel(headers);
    expect([answer.statusCode, answer.json()]).toMatchObject([403, { details: { reason: 'CROSS_SITE' } }]);
  }
});

test('our own tokens carry the claims of the contract and no more', async () => {
  const token = await signToken(SECRET, { identity: 5, login: 'a@b', tenant: 1, tokenType: 'access', seconds: 3_600 });

  const [header, payload] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
  const { iat } = payload as { iat: number };
  expect(header).toEqual({ alg: 'HS256', typ: 'JWT' });
  expect(payload).toEqual({ sub: '5', login: 'a@b', tenant: 1, token_type: 'access', iat, exp: iat + 3_600 });
});
