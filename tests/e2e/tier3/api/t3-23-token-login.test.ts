// Spec: an integration token is a login of its identity, until it is revoked or expires.
import { createClient } from '../../../../helpers/client/client';
import { rejectionStatus } from '../../../../helpers/client/rejection-status';
import { formatInstant, parseInstant, secondsBetween } from '../../../../helpers/instant';
import { claim } from '../../../../helpers/scenario/claim';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { createTestUser } from '../../../../helpers/scenario/resources/test-users';

claim('T3.23a', ['rbac'], 'an integration token logs in with the rights of its identity', async (ctx) => {
  const { id, login } = await createTestUser(ctx, 'core.viewer');
  const anonymous = createClient({ baseUrl: ctx.facts.url });
  const { token, integration_token } = await ctx.client.integrationTokens.create(id, { label: ctx.name('robot') });

  const tokens = await anonymous.auth.tokenLogin({ token });
  const robot = createClient({ baseUrl: ctx.facts.url, token: tokens.access_token });

  expect([integration_token.identity_id, integration_token.active]).toEqual([id, true]);
  expect(tokens).toMatchObject({ token_type: 'Bearer', user: { id, login } });
  expect(await robot.auth.me()).toMatchObject({ id, login, assigned_permission_set_refs: ['core.viewer'] });
  expect((await robot.packs.list()).map(({ ref }) => ref)).toContain('core');
  const denied = [robot.identities.list(), robot.packs.create({ ref: ctx.name('p'), label: 'p', version: '1.0.0' })];
  expect(await Promise.all(denied.map(rejectionStatus))).toEqual([403, 403]);
});

claim('T3.23b', ['rbac'], 'a revoked token logs in no more, and its refresh ends with it', async (ctx) => {
  const { id } = await createTestUser(ctx, 'core.viewer');
  const { auth } = createClient({ baseUrl: ctx.facts.url });
  const { integrationTokens } = ctx.client;
  const kept = await integrationTokens.create(id, { label: 'kept' });
  const revoked = await integrationTokens.create(id, { label: 'revoked' });
  const { refresh_token } = await auth.tokenLogin({ token: revoked.token });

  const { id: revoked_by } = await ctx.client.auth.me();
  const first = await integrationTokens.revoke(id, revoked.integration_token.id, { reason: 'lost' });
  const repeated = await integrationTokens.revoke(id, revoked.integration_token.id, { reason: 'found' });

  expect(first).toMatchObject({ active: false, revoked_by, revocation_reason: 'lost' });
  expect(repeated).toEqual(first); // the first revocation is kept
  expect(await rejectionStatus(auth.tokenLogin({ token: revoked.token }))).toBe(401);
  expect(await rejectionStatus(auth.refresh({ refresh_token }))).toBe(401);
  const listed = (await integrationTokens.list(id)).map((each) => [each.id, each.active]);
  expect(listed.sort()).toEqual([
    [kept.integration_token.id, true],
    [revoked.integration_token.id, false],
  ]);
  expect((await auth.tokenLogin({ token: kept.token })).user).toMatchObject({ id });
});

claim.realTime('T3.23c', ['rbac'], 'an expired token logs in no more, and its refresh ends with it', async (ctx) => {
  const { id } = await createTestUser(ctx, 'core.viewer');
  const { auth } = createClient({ baseUrl: ctx.facts.url });
  const from = await ctx.time.now();
  const expires_at = formatInstant(parseInstant(from) + 2_000);
  const { integrationTokens } = ctx.client;
  const { token, integration_token: created } = await integrationTokens.create(id, { label: 'expiring', expires_at });
  const { refresh_token } = await auth.tokenLogin({ token });

  const isRejected = async () => (await rejectionStatus(auth.tokenLogin({ token }))) === 401;
  await until(predicateToHold('the token to expire', isRejected), ctx.deadline);

  ctx.time.expectSeconds([secondsBetween(from, await ctx.time.now())], [2]);
  const shown = [created, ...(await integrationTokens.list(id))].map(({ active, revoked_at }) => [active, revoked_at]);
  expect(shown).toEqual([
    [true, null],
    [false, null],
  ]);
  expect(await rejectionStatus(auth.refresh({ refresh_token }))).toBe(401);
});

claim('T3.23d', ['rbac'], 'a token is listed, revoked and removed below its own identity alone', async (ctx) => {
  const { integrationTokens } = ctx.client;
  const [one, other] = [await createTestUser(ctx, null), await createTestUser(ctx, null)];
  const { integration_token } = await integrationTokens.create(one.id, { label: 'one' });
  const { id } = integration_token;
  await integrationTokens.create(other.id, { label: 'other' });
  const labels = async (identity: number) => (await integrationTokens.list(identity)).map(({ label }) => label);

  const refused = [
    await rejectionStatus(integrationTokens.revoke(other.id, id)),
    await rejectionStatus(integrationTokens.remove(other.id, id)),
  ];
  const before = [await labels(one.id), await labels(other.id)];
  const kept = (await integrationTokens.list(one.id))[0];
  await integrationTokens.remove(one.id, id);

  expect(refused).toEqual([404, 404]);
  expect(before).toEqual([['one'], ['other']]);
  expect(kept).toEqual(integration_token);
  expect([await labels(one.id), await labels(other.id)]).toEqual([[], ['other']]);
});

claim('T3.23e', ['rbac'], 'a user that registers has its names, no right, and a login', async (ctx) => {
  const { auth } = createClient({ baseUrl: ctx.facts.url });
  const { self_registration_enabled: isOpen } = await auth.settings();
  const [one, other] = [ctx.name('one'), ctx.name('other')].map((name) => ({
    login: `${name}@example.test`,
    password: 'First-pass-1',
  }));
  const register = (display_name?: string) => auth.register({ ...one!, ...(display_name && { display_name }) });
  if (!isOpen) return expect(await rejectionStatus(register())).toBe(403);

  const registered = await register('Ada');
  const unnamed = await auth.register(other!);
  for (const { user } of [registered, unnamed]) ctx.defer(() => ctx.client.identities.remove(user!.id));
  const { refresh_token } = registered;
  const taken = await rejectionStatus(register());
  const renewed = [await auth.refresh({ refresh_token }), await auth.login(one!)];

  const users = [registered, unnamed].map(({ user }) => [user?.login, user?.display_name ?? null]);
  expect(users).toEqual([
    [one!.login, 'Ada'],
    [other!.login, null],
  ]);
  expect(taken).toBe(409);
  const { id } = registered.user!;
  for (const { access_token: token } of [registered, ...renewed]) {
    const own = createClient({ baseUrl: ctx.facts.url, token });
    const rights = { effective_permissions: [], assigned_permission_set_refs: [] };
    expect(await own.auth.me()).toMatchObject({ id, login: one!.login, display_name: 'Ada', ...rights });
    expect(await rejectionStatus(own.executions.execute({ action_ref: 'core.noop' }))).toBe(403);
  }
});
