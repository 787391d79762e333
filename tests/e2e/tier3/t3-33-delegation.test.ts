// Spec: no caller gives a right that it does not hold, and a right that ends is gone at once.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { readExecutions, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { attemptsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { currentRunFacts } from '../../../helpers/target/run-facts';
import { callApi } from '../support/api-call';
import {
  createDelegationWorld,
  DELEGATION_WAYS,
  MISSING_RIGHT,
  uploadTenantSet,
  type DelegationWorld,
} from '../support/matrix/delegation-ways';
import { createReader, createReaderSet, ENDINGS } from '../support/matrix/endings';
import type { TokenUser } from '../support/matrix/granted-callers';
import { errorSummary, sendRawRequest } from '../support/raw-request';

const NEEDS = ['rbac', 'tenants'];
const RETRIED = [...NEEDS, 'workflows.retry'];

/** To manage tenants takes a right of the tenant `default`, which no other tenant can give. */
const PLATFORM_SET = 'core.platform_admin';

/** What each way gives this caller: the status, and the code of a refusal. */
async function tryWays(token: string, world: DelegationWorld, label: string): Promise<Record<string, unknown>> {
  const outcomes: Record<string, unknown> = {};
  for (const [name, way] of Object.entries(DELEGATION_WAYS)) {
    const { method, path, body } = way(world, label);
    const response = await callApi(token, method, path, body);
    outcomes[name] = response.status < 300 ? 'done' : errorSummary(response);
  }
  return outcomes;
}

const everyWay = (outcome: unknown) => Object.fromEntries(Object.keys(DELEGATION_WAYS).map((name) => [name, outcome]));

claim('T3.33b', NEEDS, 'no way leads to a right that its giver does not hold', async (ctx) => {
  const { client, token } = await createTestTenant(ctx, 'own');
  const world = await createDelegationWorld(client, ctx.facts.url, `${ctx.facts.directory}/fixtures`);
  const readsAudit = async () => (await callApi(world.manager.token, 'GET', '/audit-events')).status;
  const assigned = await client.permissions.assignments(world.manager.id);
  const platform = (await client.permissions.sets()).find(({ ref }) => ref === PLATFORM_SET)!;

  const refused = await tryWays(world.manager.token, world, 'refused');
  const before = [await readsAudit(), await client.permissions.assignments(world.manager.id)];
  const allowed = await tryWays(token, world, 'allowed');
  const ofPlatform = [
    await callApi(token, 'POST', `/permissions/sets/${platform.id}/roles`, { role: 'operators' }),
    await callApi(token, 'POST', '/permissions/assignments', {
      identity_id: world.manager.id,
      permission_set_ref: PLATFORM_SET,
    }),
  ];

  expect(refused).toEqual(everyWay([403, 'FORBIDDEN']));
  expect(before).toEqual([403, assigned]);
  expect(allowed).toEqual(everyWay('done'));
  expect([MISSING_RIGHT, await readsAudit()]).toEqual(['audit_log:read', 200]);
  expect(ofPlatform.map(({ status }) => status)).toEqual([403, 403]);
  await expect(uploadTenantSet(client, `${ctx.facts.directory}/fixtures`)).rejects.toMatchObject({ status: 403 });
});

/** Runs a workflow with these sets. The ends of the tasks of each attempt of its sub-workflow. */
async function endsBelow(
  ctx: Context,
  action_ref: string,
  sets: string[],
  status: 'completed' | 'failed',
): Promise<unknown[]> {
  const { id } = await ctx.client.executions.execute({ action_ref, permission_set_refs: sets });
  await waitForStatus(ctx, id, status);
  const attempts = await attemptsOf(ctx, id, 'nested');
  const tasks = await Promise.all(attempts.map((attempt) => ctx.client.executions.children(attempt.id)));
  const ended = await readExecutions(ctx, tasks.flat());
  return ended.map((each) => [each.status, (each.result as { code?: string }).code]);
}

claim('T3.33e', RETRIED, 'no attempt goes beyond the sets of the request above it', async (ctx) => {
  const strong = { name: 'T', action: 'core.noop', permission_set_refs: ['core.admin'] };
  const inner = await ctx.workflow([strong], { name: 'inner' });
  const { ref } = await ctx.workflow([{ name: 'nested', action: inner.ref, retry: { count: 1, delay: 0 } }]);

  const limited = await endsBelow(ctx, ref, ['core.viewer'], 'failed');
  const unlimited = await endsBelow(ctx, ref, ['core.admin'], 'completed');

  expect(limited).toEqual(Array(2).fill(['failed', 'PERMISSION_SETS']));
  expect(unlimited).toEqual([['completed', undefined]]);
});

/** What the tokens of a user open: a route, another session by refreshing, and by logging in. */
async function opens(user: TokenUser): Promise<number[]> {
  const post = (path: string, body: object) => sendRawRequest(currentRunFacts(), { method: 'POST', path, body });
  const route = await callApi(user.token, 'GET', '/keys');
  const refreshed = await post('/auth/refresh', { refresh_token: user.refresh });
  const loggedIn = await post('/auth/token-login', { token: user.integration.token });
  return [route, refreshed, loggedIn].map(({ status }) => status);
}

claim('T3.33c', NEEDS, 'a token opens nothing after what it was issued for has ended', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'own');
  const set = await createReaderSet(client, `${ctx.facts.directory}/fixtures`);
  const outcomes: Record<string, number[]> = {};

  for (const [name, ending] of Object.entries(ENDINGS)) {
    const user = await createReader(client, ctx.facts.url, set, ending);
    await ending.end(client, user);
    outcomes[name] = await opens(user);
  }

  expect(outcomes).toEqual({
    nothing: [200, 200, 200],
    'its set is taken away': [403, 200, 200],
    'its role is taken away': [403, 200, 200],
    'its role loses the set': [403, 200, 200],
    'its set loses the rights': [403, 200, 200],
    'its integration token is revoked': [401, 401, 401],
    'its integration token is removed': [401, 401, 401],
    'its password is changed': [401, 401, 200],
    'it has changed its password': [401, 401, 200],
    'it has logged out': [401, 401, 200],
    'it is frozen': [403, 401, 401],
    'it is removed': [401, 401, 401],
  });
});
