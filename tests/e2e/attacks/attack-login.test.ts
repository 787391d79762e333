// Spec: a rejected log-in discloses nothing about the account, and its attempts are limited.
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { platformClock, rfc3339 } from '../../../helpers/scenario/resources/platform-clock';
import { randomName } from '../../../helpers/scenario/names';
import { until, type Condition } from '../../../helpers/scenario/polling';
import { systemTest, systemTestNeeding } from '../support/system-test';
import { currentRunFacts } from '../../../helpers/target/run-facts';
import { errorSummary, sendRawRequest, type RawResponse } from '../support/raw-request';

const facts = currentRunFacts();
const rateLimit = facts.capabilities['auth.throttle'];
const ATTEMPTS =
  typeof rateLimit === 'object' && typeof rateLimit.tries_per_minute === 'number' ? rateLimit.tries_per_minute : 10;

/** On a shared target, these tests would block the log-ins of every other client on this host. */
const systemTestOnOwnTarget = systemTestNeeding('target.exclusive');
const systemTestWithRateLimit = systemTestNeeding('target.exclusive', 'auth.throttle', 'proxies.loopback');

const logInAs = (login: string, password: string, address?: string) =>
  sendRawRequest(facts, {
    method: 'POST',
    path: '/auth/login',
    body: { login, password },
    ...(address !== undefined && { headers: { 'x-forwarded-for': address } }),
  });
const logInWithToken = (token: string) =>
  sendRawRequest(facts, { method: 'POST', path: '/auth/token-login', body: { token } });

const unknownLogin = (): string => `${randomName(12)}@example.test`;

/** Status and body of each response, without repetitions. */
const distinct = (responses: readonly RawResponse[]): string[] => [
  ...new Set(responses.map(({ status, text }) => `${status} ${text}`)),
];

systemTestOnOwnTarget('AU-05 every failed log-in gets the same response', async (ctx) => {
  const [known, frozen] = [await createTestUser(ctx, null), await createTestUser(ctx, null)];
  await ctx.client.identities.freeze(frozen.id);
  const { id, login: withoutPassword } = await ctx.client.identities.create({ login: unknownLogin() });
  ctx.defer(() => ctx.client.identities.remove(id));

  const rejections = await Promise.all([
    logInAs(unknownLogin(), 'wrong-password'),
    logInAs(known.login, 'wrong-password'),
    logInAs(frozen.login, 'wrong-password'),
    logInAs(withoutPassword, 'wrong-password'),
    logInAs(known.login, `${known.password}\0`),
    logInAs(known.login, 'x'.repeat(1_048_576)),
    logInAs(`${known.login}\0`, known.password),
  ]);

  expect(distinct(rejections)).toHaveLength(1);
  expect(errorSummary(rejections[0])).toEqual([401, 'UNAUTHORIZED']);
  expect(errorSummary(await logInAs(frozen.login, frozen.password))).toEqual([403, 'FORBIDDEN']);
});

/** Long enough to be in the future for a platform whose clock is slightly ahead. */
const TOKEN_LIFETIME_MS = 5_000;

const integrationTokenToExpire = (token: string): Condition<true> => ({
  name: 'the integration token to expire',
  check: async () => {
    const { status } = await logInWithToken(token);
    return status === 200 ? { is: 'pending', why: 'it is still accepted' } : { is: 'met', value: true };
  },
  evidence: () => Promise.resolve(''),
});

systemTest('AU-05 every invalid integration token gets the same response', async (ctx) => {
  const { id } = await createTestUser(ctx, null);
  const { integrationTokens } = ctx.client;
  const revoked = await integrationTokens.create(id, { label: 'revoked' });
  await integrationTokens.revoke(id, revoked.integration_token.id);
  const removed = await integrationTokens.create(id, { label: 'removed' });
  await integrationTokens.remove(id, removed.integration_token.id);
  const expiresAt = rfc3339(platformClock(ctx).now() + TOKEN_LIFETIME_MS);
  const expired = await integrationTokens.create(id, { label: 'expired', expires_at: expiresAt });
  await until(integrationTokenToExpire(expired.token), ctx.deadline);

  const unknown = `attune_it_${'A'.repeat(43)}`;
  const tokens = [unknown, expired.token, revoked.token, removed.token, facts.token];
  const rejections = await Promise.all(tokens.map(logInWithToken));

  expect(distinct(rejections)).toHaveLength(1);
  expect(errorSummary(rejections[0]!)).toEqual([401, 'UNAUTHORIZED']);
});

const rejectionMs = async (login: string): Promise<number> => {
  const startedAt = performance.now();
  expect((await logInAs(login, 'wrong-password')).status).toBe(401);
  return performance.now() - startedAt;
};

const PAIRS = 36;
/** Of 36 coin tosses, fewer than 6 or more than 30 heads occur once in 30,000 series. */
const MAX_SLOWER = 30;

systemTestOnOwnTarget('AU-05 a log-in with an unknown name takes as long as with a known one', 60, async (ctx) => {
  const users = await Promise.all([1, 2, 3, 4].map(() => createTestUser(ctx, null)));
  let knownWasSlower = 0;
  // Measured in pairs of alternating order, so that the load of the host affects both alike.
  for (let n = 0; n < PAIRS; n++) {
    const { login } = users[n % users.length]!;
    const isKnownFirst = n % 8 < 4;
    const [first, second] = isKnownFirst ? [login, unknownLogin()] : [unknownLogin(), login];
    const [firstMs, secondMs] = [await rejectionMs(first), await rejectionMs(second)];
    if (isKnownFirst ? firstMs > secondMs : secondMs > firstMs) knownWasSlower += 1;
  }

  expect(knownWasSlower).toBeLessThanOrEqual(MAX_SLOWER);
  expect(PAIRS - knownWasSlower).toBeLessThanOrEqual(MAX_SLOWER);
});

const RATE_LIMITED = [429, 'TOO_MANY_REQUESTS', 'LOGIN_THROTTLED'];

systemTestWithRateLimit('AU-06 failed log-ins block the login from every address', async (ctx) => {
  const [target, other] = [await createTestUser(ctx, null), await createTestUser(ctx, null)];

  for (let n = 0; n < ATTEMPTS; n++) expect((await logInAs(target.login, 'wrong', `198.51.100.${n}`)).status).toBe(401);
  const blocked = await logInAs(target.login, target.password, '203.0.113.9');

  expect(errorSummary(blocked)).toEqual(RATE_LIMITED);
  const retryAfterSeconds = Number(blocked.headers['retry-after']);
  expect(retryAfterSeconds).toBeGreaterThan(0);
  expect(retryAfterSeconds).toBeLessThanOrEqual(60);
  expect((await logInAs(other.login, other.password, '203.0.113.9')).status).toBe(200);
});

systemTestWithRateLimit('AU-06 failed log-ins block the address for every login', async (ctx) => {
  const { login, password } = await createTestUser(ctx, null);
  const address = `2001:db8::${randomName(4).replaceAll(/[^0-9a-f]/g, '7')}`;

  for (let n = 0; n < ATTEMPTS; n++) expect((await logInAs(unknownLogin(), 'wrong', address)).status).toBe(401);

  expect(errorSummary(await logInAs(login, password, address))).toEqual(RATE_LIMITED);
  expect((await logInAs(login, password, '2001:db8:1::1')).status).toBe(200);
});

systemTestWithRateLimit('AU-06 concurrent attempts are counted exactly', async (ctx) => {
  const { login } = await createTestUser(ctx, null);

  const responses = await Promise.all(Array.from({ length: 2 * ATTEMPTS }, () => logInAs(login, 'wrong')));

  expect(responses.filter(({ status }) => status === 401)).toHaveLength(ATTEMPTS);
  expect(responses.filter(({ status }) => status === 429)).toHaveLength(ATTEMPTS);
});
