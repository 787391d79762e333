// Spec: failed log-ins and failed changes of a password are limited together.
import { mapConcurrently } from '../../../../helpers/in-parallel';
import { claim, type Context } from '../../../../helpers/scenario/claim';
import { createTestUser, type TestUser } from '../../../../helpers/scenario/resources/test-users';
import { errorSummary, sendRawRequest } from '../../support/raw-request';

const NEEDS = ['target.exclusive', 'auth.throttle'];

/** What verifies a password. */
const WAYS = {
  'log-in': ({ facts }: Context, { login }: TestUser, password: string) =>
    sendRawRequest(facts, { method: 'POST', path: '/auth/login', body: { login, password } }),
  change: ({ facts }: Context, { token }: TestUser, current_password: string) =>
    sendRawRequest(facts, {
      method: 'POST',
      path: '/auth/change-password',
      token,
      body: { current_password, new_password: 'Another-pass-1' },
    }),
};
type Way = keyof typeof WAYS;

/** The ways that fail in turn. */
const FAILING: Readonly<Record<string, readonly Way[]>> = {
  'log-ins': ['log-in'],
  changes: ['change'],
  both: ['log-in', 'change'],
};

/** Fails as often as is allowed, and then sends the right password in both ways. */
async function failThenTry(ctx: Context, failing: readonly Way[], attempts: number) {
  const user = await createTestUser(ctx, null);
  const statuses = new Set<number>();
  for (let n = 0; n < attempts; n++)
    statuses.add((await WAYS[failing[n % failing.length]!](ctx, user, 'wrong-password')).status);
  const tried = [await WAYS['log-in'](ctx, user, user.password), await WAYS.change(ctx, user, user.password)];
  return { failed: [...statuses], tried: tried.map(errorSummary) };
}

claim('T3.40b', NEEDS, 'a failed change of a password counts as a log-in', async (ctx) => {
  const { tries_per_minute: attempts } = ctx.facts.capabilities['auth.throttle'] as { tries_per_minute: number };

  const found = await Promise.all(
    Object.entries(FAILING).map(async ([name, failing]) => [name, await failThenTry(ctx, failing, attempts)] as const),
  );
  const other = await createTestUser(ctx, null);
  const changed = await WAYS.change(ctx, other, other.password);

  const throttled = [429, 'TOO_MANY_REQUESTS', 'LOGIN_THROTTLED'];
  const outcome = { failed: [401], tried: [throttled, throttled] };
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(Object.keys(FAILING).map((name) => [name, outcome])));
  expect(changed.status).toBe(200);
});

/**
 * Fails once less than is allowed, then succeeds, which may end the session of the user, and logs
 * in with a wrong password until that is refused.
 */
async function failAfterSuccess(ctx: Context, way: Way, attempts: number) {
  const user = await createTestUser(ctx, null);
  const fail = async (failing: Way, times: number) => {
    const statuses = new Set<number>();
    for (let n = 0; n < times; n++) statuses.add((await WAYS[failing](ctx, user, 'wrong-password')).status);
    return [...statuses];
  };
  const before = await fail(way, attempts - 1);
  const { status } = await WAYS[way](ctx, user, user.password);
  return [...before, status, ...(await fail('log-in', attempts)), ...(await fail('log-in', 1))];
}

claim('T3.40c', NEEDS, 'a success of each kind ends the count of the failures before it', async (ctx) => {
  const { tries_per_minute: attempts } = ctx.facts.capabilities['auth.throttle'] as { tries_per_minute: number };

  const found = await mapConcurrently(Object.keys(WAYS) as Way[], 2, (way) => failAfterSuccess(ctx, way, attempts));

  expect(found).toEqual(Object.keys(WAYS).map(() => [401, 200, 401, 429]));
});
