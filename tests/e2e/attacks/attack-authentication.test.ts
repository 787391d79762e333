// Spec: a token is accepted for its purpose only, and only while it and its identity are valid.
import { generateKeyPairSync, sign } from 'node:crypto';
import { createClient } from '../../../helpers/client/client';
import type { Context } from '../../../helpers/scenario/context';
import { platformClock } from '../../../helpers/scenario/resources/platform-clock';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { systemTest } from '../support/system-test';
import { currentRunFacts } from '../../../helpers/target/run-facts';
import { forgeToken, readTokenSecret } from '../support/forge-token';
import { errorSummary, sendRawRequest, signToken, unsignedToken } from '../support/raw-request';

const facts = currentRunFacts();
const anonymous = createClient({ baseUrl: facts.url });
let secret: string;
let adminId: number;

beforeAll(async () => {
  secret = await readTokenSecret(facts);
  adminId = (await createClient({ baseUrl: facts.url, token: facts.token }).auth.me()).id;
});

const epochSeconds = (): number => Math.floor(platformClock({ facts }).now() / 1_000);

/** Claims of a valid access token of the administrator, changed by `overrides`. */
const tokenClaims = (overrides: object = {}): object => ({
  sub: String(adminId),
  login: 'x',
  iat: epochSeconds(),
  exp: epochSeconds() + 600,
  ...overrides,
});

const listExecutions = (token: string) => sendRawRequest(facts, { path: '/api/v1/executions', token });
const refresh = (token: string) =>
  sendRawRequest(facts, { method: 'POST', path: '/auth/refresh', body: { refresh_token: token } });

const INVALID_TOKEN = [401, '{"error":{"code":401,"message":"Invalid authentication token"}}'];
const EXPIRED_TOKEN = [401, '{"error":{"code":401,"message":"Authentication token expired"}}'];
const MISSING_TOKEN = [401, '{"error":{"code":401,"message":"Missing authentication token"}}'];

/** The response to each token, by the name of its case. */
const responsesByCase = async (tokens: Readonly<Record<string, string>>) => {
  const responses = Object.entries(tokens).map(async ([name, token]) => [
    name,
    errorSummary(await listExecutions(token)),
  ]);
  return Object.fromEntries(await Promise.all(responses)) as Record<string, unknown>;
};

systemTest('AU-01 a token outside its period or without an end is rejected', async () => {
  const withClaims = (claims: object) => signToken(secret, tokenClaims(claims));

  const responses = await responsesByCase({
    expired: withClaims({ exp: epochSeconds() - 6 }),
    'not yet valid': withClaims({ nbf: epochSeconds() + 60 }),
    'no expiry': withClaims({ exp: undefined }),
    'expiry is a text': withClaims({ exp: String(epochSeconds() + 60) }),
    'expiry out of range': withClaims({ exp: 1e20 }),
  });

  expect(responses).toEqual({
    expired: EXPIRED_TOKEN,
    'not yet valid': INVALID_TOKEN,
    'no expiry': INVALID_TOKEN,
    'expiry is a text': INVALID_TOKEN,
    'expiry out of range': INVALID_TOKEN,
  });
});

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const publicKeyText = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const signWithRsa = (): string => {
  const unsigned = unsignedToken(tokenClaims(), { alg: 'RS256' }).replace(/\.$/, '');
  return `${unsigned}.${sign('RSA-SHA256', Buffer.from(unsigned), privateKey).toString('base64url')}`;
};

systemTest('AU-02 a token with a wrong algorithm, key or signature is rejected', async () => {
  const claims = tokenClaims();

  const responses = await responsesByCase({
    'alg none': unsignedToken(claims, { alg: 'none' }),
    'alg None': unsignedToken(claims, { alg: 'None' }),
    'alg nOnE': unsignedToken(claims, { alg: 'nOnE' }),
    'an empty signature': unsignedToken(claims, { alg: 'HS256' }),
    'HS384 and the right secret': signToken(secret, claims, { alg: 'HS384' }, 'sha384'),
    RS256: signWithRsa(),
    'RS256 with the public key as secret': signToken(publicKeyText, claims, { alg: 'RS256' }),
    'another secret': signToken('guessed', claims),
    'a kid that is a path': signToken('', claims, { kid: '../../../../dev/null' }),
    'a kid that is SQL': signToken('x', claims, { kid: "x' union select 'x'--" }),
    'a key in the header': signToken('k', claims, { jwk: { kty: 'oct', k: 'aw' } }),
    'a key URL in the header': signToken('k', claims, { jku: 'http://127.0.0.1:9/k', x5u: 'http://127.0.0.1:9/c' }),
    'a sub without identity': signToken(secret, tokenClaims({ sub: '999999999' })),
  });

  const names = Object.keys(responses);
  expect(names).toHaveLength(13);
  expect(responses).toEqual(Object.fromEntries(names.map((name) => [name, INVALID_TOKEN])));
});

systemTest('AU-03 a token of another type or in a query is rejected', async (ctx) => {
  const { login, password } = await createTestUser(ctx, null);
  const pair = await anonymous.auth.login({ login, password });

  expect(errorSummary(await listExecutions(pair.refresh_token))).toEqual(INVALID_TOKEN);
  expect(errorSummary(await refresh(pair.access_token))).toEqual([401, 'UNAUTHORIZED']);
  const query = `token=${pair.access_token}&access_token=${pair.access_token}`;
  expect(errorSummary(await sendRawRequest(facts, { path: `/api/v1/executions?${query}` }))).toEqual(MISSING_TOKEN);
});

systemTest('AU-03 a token of a frozen identity answers 403, of a deleted one 401', async (ctx) => {
  const [frozen, deleted] = [await createTestUser(ctx, 'core.viewer'), await createTestUser(ctx, 'core.viewer')];
  const before = await Promise.all([frozen, deleted].map(({ token }) => listExecutions(token)));
  expect(before.map(({ status }) => status)).toEqual([200, 200]);

  await ctx.client.identities.freeze(frozen.id);
  await ctx.client.identities.remove(deleted.id);

  expect(errorSummary(await listExecutions(frozen.token))).toEqual([403, 'FORBIDDEN']);
  expect(errorSummary(await listExecutions(deleted.token))).toEqual(INVALID_TOKEN);
  await ctx.client.identities.unfreeze(frozen.id);
  expect((await listExecutions(frozen.token)).status).toBe(200);
});

systemTest('AU-03 a sensor token reads its own identity and no executions', async (ctx) => {
  const { id: identity } = await createTestUser(ctx, null);
  const claims = { identity, login: 'e2e.sensor', type: 'sensor' as const, metadata: { trigger_types: [] } };
  const token = await forgeToken(secret, claims);

  expect((await sendRawRequest(facts, { path: '/auth/me', token })).status).toBe(200);
  expect(errorSummary(await listExecutions(token))).toEqual([403, 'FORBIDDEN']);
});

/** Logs in with a new integration token of the user. */
const logInWithIntegrationToken = async (ctx: Context, user: { id: number; login: string }) => {
  const { token, integration_token: created } = await ctx.client.integrationTokens.create(user.id, { label: 'robot' });
  const session = await anonymous.auth.tokenLogin({ token });
  expect(session.user).toMatchObject({ id: user.id, login: user.login });
  return { created, session };
};

systemTest('AU-04 a refresh token ends with its identity or integration token', async (ctx) => {
  const [frozen, deleted] = [await createTestUser(ctx, null), await createTestUser(ctx, null)];
  const integrationUser = await createTestUser(ctx, 'core.viewer');
  const [ofFrozen, ofDeleted] = await Promise.all(
    [frozen, deleted].map(({ login, password }) => anonymous.auth.login({ login, password })),
  );
  const { created, session } = await logInWithIntegrationToken(ctx, integrationUser);
  expect((await refresh(session.refresh_token)).status).toBe(200);

  await ctx.client.identities.freeze(frozen.id);
  await ctx.client.identities.remove(deleted.id);
  await ctx.client.integrationTokens.revoke(integrationUser.id, created.id, { reason: 'lost' });

  expect(errorSummary(await refresh(ofFrozen!.refresh_token))).toEqual([403, 'FORBIDDEN']);
  expect(errorSummary(await refresh(ofDeleted!.refresh_token))).toEqual([401, 'UNAUTHORIZED']);
  expect(errorSummary(await refresh(session.refresh_token))).toEqual([401, 'UNAUTHORIZED']);
});

/** Headers of a browser request that comes from another site. */
const CROSS_SITE = [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }];

systemTest('AU-07 a cross-site request with a cookie changes nothing', async (ctx) => {
  const target = await createTestUser(ctx, null);
  const path = `/api/v1/identities/${target.id}/freeze`;
  const cookie = `attune_access_token=${facts.token}`;

  for (const origin of CROSS_SITE) {
    const headers = { ...origin, cookie, 'content-type': 'application/x-www-form-urlencoded' };
    const byCookie = await sendRawRequest(facts, { method: 'POST', path, headers, body: '' });
    const byBearer = await sendRawRequest(facts, { path: '/auth/me', token: facts.token, headers: origin });
    expect([origin, errorSummary(byCookie)]).toEqual([origin, [403, 'FORBIDDEN', 'CROSS_SITE']]);
    expect([origin, byBearer.status]).toEqual([origin, 200]);
  }

  expect((await ctx.client.identities.get(target.id)).frozen).toBe(false);
});

systemTest('AU-07 a CORS preflight gets no access-control header', async (ctx) => {
  const target = await createTestUser(ctx, null);
  const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };

  const path = `/api/v1/identities/${target.id}/freeze`;
  const preflight = await sendRawRequest(facts, { method: 'OPTIONS', path, headers });

  expect(Object.keys(preflight.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
});

systemTest('AU-07 logging out clears every cookie with HttpOnly and SameSite', async () => {
  const { status, headers } = await sendRawRequest(facts, { path: '/auth/logout' });

  const cookies = [headers['set-cookie']].flat().map(String);
  expect(status).toBe(307);
  expect(cookies.length).toBeGreaterThan(1);
  expect(cookies.filter((cookie) => !/; Max-Age=0; HttpOnly; SameSite=Lax/.test(cookie))).toEqual([]);
});
