// Spec: a token opens what it was made for, for as long as its identity is welcome; a password cannot be guessed or probed.
import { generateKeyPairSync, sign } from 'node:crypto';
import { forge, newcomer, refusalOf, shoot, unsigned, type Person } from '../../../helpers/attack';
import { createClient } from '../../../helpers/client/client';
import { mint, tokenSecretOf } from '../../../helpers/mint';
import { randomName } from '../../../helpers/names';
import { until, type Condition } from '../../../helpers/polling';
import { currentRun } from '../../../helpers/run';

const facts = currentRun();
const admin = createClient({ baseUrl: facts.url, token: facts.token });
const people: Person[] = [];
/** Somewhere else the address of this host would be locked, and with it every log-in of the run. */
const ours = facts.kind === 'started' ? test : test.skip;
let secret: string;
let me: number;

beforeAll(async () => {
  secret = await tokenSecretOf(facts);
  me = (await admin.auth.me()).id;
});

afterAll(async () => {
  for (const { id } of people) if (await exists(id)) await admin.identities.remove(id);
});

const exists = async (id: number): Promise<boolean> =>
  (await admin.identities.list()).some((identity) => identity.id === id);

async function person(...sets: string[]): Promise<Person> {
  const made = await newcomer(facts, admin, ...sets);
  people.push(made);
  return made;
}

const now = (): number => Math.floor(Date.now() / 1_000);
const claims = (more: object = {}): object => ({ sub: String(me), login: 'x', iat: now(), exp: now() + 600, ...more });
const ask = (token: string) => shoot(facts, { path: '/api/v1/executions', token });
const logInAs = (login: string, password: string, from?: string) =>
  shoot(facts, {
    ...{ method: 'POST', path: '/auth/login', body: { login, password } },
    ...(from !== undefined && { headers: { 'x-forwarded-for': from } }),
  });
const refresh = (token: string) =>
  shoot(facts, { method: 'POST', path: '/auth/refresh', body: { refresh_token: token } });

const INVALID = [401, '{"error":{"code":401,"message":"Invalid authentication token"}}'];
const EXPIRED = [401, '{"error":{"code":401,"message":"Authentication token expired"}}'];
const MISSING = [401, '{"error":{"code":401,"message":"Missing authentication token"}}'];

test.each([
  ['is over', EXPIRED, () => ({ exp: now() - 6 })],
  ['has not begun', INVALID, () => ({ nbf: now() + 60 })],
  ['has no end', INVALID, () => ({ exp: undefined })],
  ['ends in a text', INVALID, () => ({ exp: String(now() + 60) })],
  ['ends beyond all time', INVALID, () => ({ exp: 1e20 })],
])('AU-01 a token that %s is refused', async (_what, refused, times) => {
  expect(refusalOf(await ask(forge(secret, claims(times()))))).toEqual(refused);
});

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const publicText = publicKey.export({ type: 'spki', format: 'pem' }).toString();
function signedByRsa(): string {
  const body = unsigned(claims(), { alg: 'RS256' }).replace(/\.$/, '');
  return `${body}.${sign('RSA-SHA256', Buffer.from(body), privateKey).toString('base64url')}`;
}

test.each<[string, () => string]>([
  ['alg none', () => unsigned(claims(), { alg: 'none' })],
  ['alg None', () => unsigned(claims(), { alg: 'None' })],
  ['alg nOnE', () => unsigned(claims(), { alg: 'nOnE' })],
  ['an empty signature', () => unsigned(claims(), { alg: 'HS256' })],
  ['HS384 and our own secret', () => forge(secret, claims(), { alg: 'HS384' }, 'sha384')],
  ['RS256', signedByRsa],
  ['RS256 whose public key is the secret', () => forge(publicText, claims(), { alg: 'RS256' })],
  ['another secret', () => forge('guessed', claims())],
  ['a kid that is a path', () => forge('', claims(), { kid: '../../../../dev/null' })],
  ['a kid that is SQL', () => forge('x', claims(), { kid: "x' union select 'x'--" })],
  ['a key of its own', () => forge('k', claims(), { jwk: { kty: 'oct', k: 'aw' } })],
  ['a key from elsewhere', () => forge('k', claims(), { jku: 'http://127.0.0.1:9/k', x5u: 'http://127.0.0.1:9/c' })],
  ['a sub of no identity', () => forge(secret, claims({ sub: '999999999' }))],
])('AU-02 a token with %s is refused like any other', async (_what, token) => {
  expect(refusalOf(await ask(token()))).toEqual(INVALID);
});

test('AU-03 a token of another kind opens nothing', async () => {
  const { login, password } = await person();
  const pair = await createClient({ baseUrl: facts.url }).auth.login({ login, password });

  expect(refusalOf(await ask(pair.refresh_token))).toEqual(INVALID);
  expect(refusalOf(await refresh(pair.access_token))).toEqual([401, 'UNAUTHORIZED']);
  const query = `token=${pair.access_token}&access_token=${pair.access_token}`;
  expect(refusalOf(await shoot(facts, { path: `/api/v1/executions?${query}` }))).toEqual(MISSING);
});

test('AU-03 a token ends with its identity: frozen is forbidden, deleted is invalid', async () => {
  const frozen = await person('core.viewer');
  const deleted = await person('core.viewer');
  expect([(await ask(frozen.token)).status, (await ask(deleted.token)).status]).toEqual([200, 200]);

  await admin.identities.freeze(frozen.id);
  await admin.identities.remove(deleted.id);

  expect(refusalOf(await ask(frozen.token))).toEqual([403, 'FORBIDDEN']);
  expect(refusalOf(await ask(deleted.token))).toEqual(INVALID);
  await admin.identities.unfreeze(frozen.id);
  expect((await ask(frozen.token)).status).toBe(200);
});

test('AU-04 a refresh token ends with its identity, and with the integration token it came of', async () => {
  const anonymous = createClient({ baseUrl: facts.url });
  const frozen = await person();
  const deleted = await person();
  const traded = await person('core.viewer');
  const pairs = await Promise.all(
    [frozen, deleted].map(({ login, password }) => anonymous.auth.login({ login, password })),
  );
  const made = await admin.integrationTokens.create(traded.id, { label: 'robot' });
  const robot = await anonymous.auth.tokenLogin({ token: made.token });
  expect(robot.user).toMatchObject({ id: traded.id, login: traded.login });
  expect((await refresh(robot.refresh_token)).status).toBe(200);

  await admin.identities.freeze(frozen.id);
  await admin.identities.remove(deleted.id);
  await admin.integrationTokens.revoke(traded.id, made.integration_token.id, { reason: 'lost' });

  expect(refusalOf(await refresh(pairs[0]!.refresh_token))).toEqual([403, 'FORBIDDEN']);
  expect(refusalOf(await refresh(pairs[1]!.refresh_token))).toEqual([401, 'UNAUTHORIZED']);
  expect(refusalOf(await refresh(robot.refresh_token))).toEqual([401, 'UNAUTHORIZED']);
});

ours('AU-05 what is wrong with a log-in cannot be told from its refusal', async () => {
  const known = await person();
  const frozen = await person();
  await admin.identities.freeze(frozen.id);
  const { id, login: without } = await admin.identities.create({ login: `${randomName(12)}@example.test` });

  const refusals = await Promise.all([
    logInAs(`${randomName(12)}@example.test`, 'wrong-password'),
    logInAs(known.login, 'wrong-password'),
    logInAs(frozen.login, 'wrong-password'),
    logInAs(without, 'wrong-password'),
    logInAs(known.login, `${known.password}\0`),
    logInAs(known.login, 'x'.repeat(1_048_576)),
    logInAs(`${known.login}\0`, known.password),
  ]);

  expect(new Set(refusals.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(refusalOf(refusals[0])).toEqual([401, 'UNAUTHORIZED']);
  expect(refusalOf(await logInAs(frozen.login, frozen.password))).toEqual([403, 'FORBIDDEN']);
  await admin.identities.remove(id);
});

/** Long enough for a token that is made by a clock slightly behind to have its end ahead. */
const BRIEF_MS = 1_500;

const toBeRefused = (shot: () => ReturnType<typeof shoot>): Condition<null> => ({
  name: 'the secret to be refused',
  look: async () => {
    const { status } = await shot();
    return status === 200 ? { is: 'pending', why: 'it still opens' } : { is: 'met', value: null };
  },
  evidence: () => Promise.resolve(''),
});

test('AU-05 an integration secret that is unknown, expired or revoked is refused in the same words', async () => {
  const { id } = await person();
  const revoked = await admin.integrationTokens.create(id, { label: 'revoked' });
  await admin.integrationTokens.revoke(id, revoked.integration_token.id);
  const removed = await admin.integrationTokens.create(id, { label: 'removed' });
  await admin.integrationTokens.remove(id, removed.integration_token.id);
  const shot = (token: string) => shoot(facts, { method: 'POST', path: '/auth/token-login', body: { token } });
  const brief = await admin.integrationTokens.create(id, {
    label: 'brief',
    expires_at: new Date(Date.now() + BRIEF_MS).toISOString(),
  });
  await until(
    toBeRefused(() => shot(brief.token)),
    performance.now() + 10_000,
  );

  const refusals = await Promise.all([
    shot(`attune_it_${'A'.repeat(43)}`),
    shot(brief.token),
    shot(revoked.token),
    shot(removed.token),
    shot(facts.token),
  ]);

  expect(new Set(refusals.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(refusalOf(refusals[0])).toEqual([401, 'UNAUTHORIZED']);
});

async function timed(login: string): Promise<number> {
  const began = performance.now();
  expect((await logInAs(login, 'wrong-password')).status).toBe(401);
  return performance.now() - began;
}

/** Of 36 throws of a coin: fewer than 6 or more than 30 heads come once in 30,000 times. */
const MOST_OF_36 = 30;

ours(
  'AU-05 a login that nobody has is refused as slowly as one that somebody has',
  async () => {
    const known = await Promise.all([1, 2, 3, 4].map(() => person()));
    let slower = 0;
    // In pairs, first one and then the other first: however slow the host is, it strikes both alike.
    for (let n = 0; n < 36; n++) {
      const { login } = known[n % known.length]!;
      const nobody = `${randomName(12)}@example.test`;
      const [first, second] = n % 8 < 4 ? [login, nobody] : [nobody, login];
      const [one, other] = [await timed(first), await timed(second)];
      const knownIsSlower = first === login ? one > other : other > one;
      if (knownIsSlower) slower += 1;
    }

    expect(slower).toBeLessThanOrEqual(MOST_OF_36);
    expect(36 - slower).toBeLessThanOrEqual(MOST_OF_36);
  },
  60_000,
);

const limit = facts.capabilities['auth.throttle'];
const TRIES = typeof limit === 'object' && typeof limit.tries_per_minute === 'number' ? limit.tries_per_minute : 10;
const throttled = limit === undefined ? test.skip : ours;

throttled('AU-06 too many wrong tries on one login lock it from wherever they came, for a minute at most', async () => {
  const { login, password } = await person();
  const other = await person();

  for (let n = 0; n < TRIES; n++) expect((await logInAs(login, 'wrong', `198.51.100.${n}`)).status).toBe(401);
  const locked = await logInAs(login, password, '203.0.113.9');

  expect(refusalOf(locked)).toEqual([429, 'TOO_MANY_REQUESTS', 'LOGIN_THROTTLED']);
  const wait = Number(locked.headers['retry-after']);
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(60);
  expect((await logInAs(other.login, other.password, '203.0.113.9')).status).toBe(200);
});

throttled('AU-06 too many wrong tries from one address lock that address, whatever the login', async () => {
  const { login, password } = await person();
  const from = `2001:db8::${randomName(4).replaceAll(/[^0-9a-f]/g, '7')}`;

  for (let n = 0; n < TRIES; n++) expect((await logInAs(`${randomName(12)}@x.test`, 'wrong', from)).status).toBe(401);

  expect(refusalOf(await logInAs(login, password, from))).toEqual([429, 'TOO_MANY_REQUESTS', 'LOGIN_THROTTLED']);
  expect((await logInAs(login, password, '2001:db8:1::1')).status).toBe(200);
});

throttled('AU-06 many tries at once are no way around it', async () => {
  const { login } = await person();

  const answers = await Promise.all(Array.from({ length: 2 * TRIES }, () => logInAs(login, 'wrong')));

  expect(answers.filter(({ status }) => status === 401)).toHaveLength(TRIES);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(TRIES);
});

test.each([
  ['a foreign origin', { origin: 'https://evil.example' }],
  ['no origin at all to speak of', { origin: 'null' }],
  ['the browser’s own word for it', { 'sec-fetch-site': 'cross-site' }],
])('AU-07 a page of others changes nothing with a browser’s cookie: %s', async (_what, headers) => {
  const target = await person();
  const cookie = `attune_access_token=${facts.token}`;
  const form = { ...headers, cookie, 'content-type': 'application/x-www-form-urlencoded' };
  const path = `/api/v1/identities/${target.id}/freeze`;

  const refused = await shoot(facts, { method: 'POST', path, headers: form, body: '' });
  const byBearer = await shoot(facts, { path: '/auth/me', token: facts.token, headers });

  expect(refusalOf(refused)).toEqual([403, 'FORBIDDEN', 'CROSS_SITE']);
  expect((await admin.identities.get(target.id)).frozen).toBe(false);
  expect(byBearer.status).toBe(200);
  const preflight = await shoot(facts, {
    ...{ method: 'OPTIONS', path },
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
  });
  expect(Object.keys(preflight.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
});

test('AU-07 logging out clears every cookie, and no cookie is for scripts', async () => {
  const { status, headers } = await shoot(facts, { path: '/auth/logout' });

  const cookies = [headers['set-cookie']].flat().map(String);
  expect(status).toBe(307);
  expect(cookies.length).toBeGreaterThan(1);
  expect(cookies.filter((cookie) => !/; Max-Age=0; HttpOnly; SameSite=Lax/.test(cookie))).toEqual([]);
});

test('AU-03 a service’s token says who it is, and is let in where it was made for', async () => {
  const { id } = await person();
  const token = await mint(secret, {
    identity: id,
    login: 'e2e.sensor',
    type: 'sensor',
    metadata: { trigger_types: [] },
  });

  expect((await shoot(facts, { path: '/auth/me', token })).status).toBe(200);
  expect(refusalOf(await ask(token))).toEqual([403, 'FORBIDDEN']);
});
