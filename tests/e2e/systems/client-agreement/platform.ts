import { rejectionStatus } from '../../../../helpers/client/rejection-status';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { workerToBe } from '../../support/workers/managed-worker';
import { SUCCESS, createPack, expectNoMethod, expectNotServed, type VerbTestContext } from './verb-test-context';

/** Health, capabilities and the OpenAPI document. */
export async function platformStatus({ client, hasExtensions }: VerbTestContext): Promise<void> {
  expect([await client.health.ready(), await client.health.live()]).toEqual([200, 200]);
  if (hasExtensions)
    expect(await client.health.identity()).toMatchObject({ instance_id: expect.any(String) as string });
  else await expectNotServed(client.health.identity());
  expect([(await client.health.get()).status, (await client.health.detailed()).status]).toEqual(['ok', 'ok']);
  expect((await client.capabilities.getOrNull())?.platform.name).toBe(hasExtensions ? 'tuningfork' : undefined);
  expect((await client.openapi.get()).openapi).toBe('3.1.0');
  const { info, binary } = client.agentPrograms;
  expect(await Promise.all([info(), binary('arm64', 'none')].map(rejectionStatus))).toEqual([503, 503]);
}

/** Workers and their templates. One is cordoned: executions for it wait until it is not. */
export async function workers({ ctx, client, hasExtensions }: VerbTestContext): Promise<void> {
  if (!hasExtensions) await expectNotServed(client.workerTemplates.list());
  else expect((await client.workerTemplates.list()).map(({ name }) => name)).toContain('shell-single');
  const all = await client.workers.list();
  const [{ id } = { id: 0 }] = all;
  expect(await client.workers.get(id)).toMatchObject({ id, cordoned: false });
  ctx.defer(() => ctx.client.workers.uncordon(id));
  expect(await client.workers.cordon(id, ctx.nonce)).toMatchObject({ cordoned: true, cordon_reason: ctx.nonce });
  expect(await client.workers.uncordon(id)).toMatchObject({ cordoned: false, cordon_reason: null });
}

/** Keys of a pack: every process of the platform would receive those of the system. */
export async function keys(setup: VerbTestContext): Promise<void> {
  const { ctx, client } = setup;
  const [K, other] = [ctx.name('k'), ctx.name('other')];
  const owner = { owner_type: 'pack', owner_pack_ref: await createPack(setup) } as const;
  await client.keys.create({ ref: K, name: K, ...owner, value: { n: 1 } });
  await client.keys.create({ ref: other, name: other, ...owner, value: 'made' });
  ctx.defer(() => client.keys.removeIfExists(other));

  expect(await client.keys.update(K, { value: 2 })).toMatchObject({ ref: K, value: 2 });
  expect([(await client.keys.get(K)).value, (await client.keys.getOrNull(K))?.value]).toEqual([2, 2]);
  expect((await client.keys.list({ owner_type: 'pack' })).map(({ ref }) => ref)).toContain(K);
  expect((await client.keys.page({ owner_type: 'pack' }, { page: 1, per_page: 1 })).items).toHaveLength(1);
  expect((await client.keys.set(other, 'changed', true)).value).toBe('changed');
  expect((await client.keys.getWithoutSecret(other)).value).toBe(setup.hasExtensions ? null : 'changed');
  expect((await client.keys.getWithoutSecret(K)).value).toBe(2);
  if (setup.hasExtensions)
    expect((await client.search.find(other, 'exact')).hits).toMatchObject([{ type: 'key', ref: other, score: 1 }]);
  else await expectNotServed(client.search.find(other, 'exact'));
  expect(await client.keys.remove(K)).toMatchObject(SUCCESS);
  expect([await client.keys.valueOrNull(other), await client.keys.valueOrNull(K)]).toEqual(['changed', null]);
}

/** The clock of the tenant, which the test leaves as it is. */
export async function clock({ client }: VerbTestContext): Promise<void> {
  const { get, set, advance } = client.clock;
  const manifest = await client.capabilities.getOrNull();
  if (!manifest?.capabilities['clock.virtual'])
    return expectNotServed(get(), set({ mode: 'real' }), advance({ by: 0 }));
  expect(await get()).toMatchObject({ mode: 'real' });
  expect(await set({ mode: 'real' })).toMatchObject({ mode: 'real' });
  expect(await advance({ by: 0, settle: false })).toMatchObject({ steps: 0, fired: [] });
}

/** Tenants. */
export async function tenants({ ctx, client, hasExtensions }: VerbTestContext): Promise<void> {
  const slug = ctx.name('tenant').replaceAll('_', '-');
  const admin = { login: `${slug}@example.test`, password: 'Password-1' };
  if (!hasExtensions) {
    const { create, get, list, update, remove } = client.tenants;
    const body = { slug, name: 'T', admin };
    return expectNotServed(create(body), get(slug), list(), update(slug, { frozen: true }), remove(slug));
  }
  expect(await client.tenants.create({ slug, name: 'T', admin })).toMatchObject({ slug, frozen: false });
  expect((await client.tenants.get(slug)).name).toBe('T');
  expect((await client.tenants.list()).map((tenant) => tenant.slug)).toContain(slug);
  expect(await client.tenants.update(slug, { frozen: true })).toMatchObject({ slug, frozen: true });
  expect((await client.tenants.remove(slug)).slug).toBe(slug);
}

/** The token of a standalone worker, which never connects: it is removed with its tokens. */
export async function standaloneWorkers({ ctx, client, hasExtensions }: VerbTestContext): Promise<void> {
  const { issueToken, revokeTokens } = client.standaloneWorkers;
  const name = ctx.name('far').toLowerCase();
  if (!hasExtensions) {
    await expectNotServed(revokeTokens(1));
    return expectNoMethod(issueToken({ name }));
  }
  const { worker_id: id, token } = await issueToken({ name, ttl_seconds: 60 });
  expect(token.split('.')).toHaveLength(3);
  expect(await client.workers.get(id)).toMatchObject({ name, worker_type: 'remote', health_state: 'offline' });
  expect(await revokeTokens(id)).toEqual({ worker_id: id, revoked: true });
  expect((await client.workers.list()).map((worker) => worker.id)).not.toContain(id);
}

/** Workers of a tenant. Of the external one, the test is the agent. */
export async function tenantWorkers(setup: VerbTestContext): Promise<void> {
  const { ctx, client, clientFor, hasExtensions } = setup;
  const { create, createExternal, remove, pause, resume, hibernate, wake, dispatch, activity } = client.tenantWorkers;
  const poll = { delivery_mode: 'poll' } as const;
  const done = { fencing_token: 1, status: 'completed' } as const;
  if (!hasExtensions) {
    const { register, heartbeat, claim, answer } = client.tenantWorkers;
    const calls = [pause(1), resume(1), hibernate(1), wake(1), activity(1), heartbeat(1), claim(1)];
    const others = [dispatch(1, { action_ref: 'core.noop' }), register(1, poll), answer(1, 1, done)];
    await expectNotServed(...calls, ...others);
    return expectNoMethod(create({ kind: 'managed', runtime: 'shell' }), createExternal(), remove(1));
  }
  const { id, token, runtime } = await createExternal({ runtime: ctx.nonce });
  ctx.defer(() => ctx.client.tenantWorkers.remove(id, { force: true }));
  const { tenantWorkers: agent } = clientFor(token);
  expect(await agent.register(id, poll)).toEqual({ state: 'online', changed: true });
  expect(await agent.heartbeat(id)).toEqual({ state: 'online', changed: false, cancel: [] });
  const { execution_id } = await dispatch(id, { action_ref: 'core.noop' });
  const [claim] = await agent.claim(id);
  expect(await agent.answer(id, execution_id, { ...done, fencing_token: claim!.fencing_token })).toMatchObject({
    status: 'completed',
  });
  expect([runtime, (await pause(id)).state, (await resume(id)).state]).toEqual([ctx.nonce, 'paused', 'online']);
  const hasActivity = async () => (await activity(id)).length > 0;
  await until(predicateToHold('its activity', hasActivity), ctx.deadline);
  expect(await remove(id)).toMatchObject({ state: 'removed', changed: true });
  const managed = await create({ kind: 'managed', runtime: 'shell' });
  ctx.defer(() => ctx.client.tenantWorkers.remove(managed.id, { force: true }));
  await until(workerToBe('online', client, managed.id), ctx.deadline);
  expect([(await hibernate(managed.id)).state, (await wake(managed.id)).state]).toEqual(['hibernated', 'provisioning']);
}
