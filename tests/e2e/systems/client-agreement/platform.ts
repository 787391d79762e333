import { DONE, type Guide } from './guide';

/** What the platform says about itself. */
export async function aboutItself({ client }: Guide): Promise<void> {
  expect([await client.health.ready(), await client.health.live()]).toEqual([200, 200]);
  expect([(await client.health.get()).status, (await client.health.detailed()).status]).toEqual(['ok', 'ok']);
  expect((await client.capabilities.getOrNull())?.platform.name).toBe('tuningfork');
  expect((await client.openapi.get()).openapi).toBe('3.1.0');
}

/** Workers. One is closed for a moment: what comes for it meanwhile waits until it is open again. */
export async function workers({ ctx, client }: Guide): Promise<void> {
  const all = await client.workers.list();
  const [{ id } = { id: 0 }] = all;
  expect(await client.workers.get(id)).toMatchObject({ id, cordoned: false });
  ctx.defer(() => ctx.client.workers.uncordon(id));
  expect(await client.workers.cordon(id, ctx.nonce)).toMatchObject({ cordoned: true, cordon_reason: ctx.nonce });
  expect(await client.workers.uncordon(id)).toMatchObject({ cordoned: false, cordon_reason: null });
}

/** Keys. */
export async function keys({ ctx, client }: Guide): Promise<void> {
  const [K, other] = [ctx.name('k'), ctx.name('other')];
  await client.keys.create({ ref: K, name: K, owner_type: 'system', value: { n: 1 } });
  ctx.defer(() => client.keys.removeIfThere(other));

  expect(await client.keys.update(K, { value: 2 })).toMatchObject({ ref: K, value: 2 });
  expect([(await client.keys.get(K)).value, (await client.keys.getOrNull(K))?.value]).toEqual([2, 2]);
  expect((await client.keys.list({ owner_type: 'system' })).map(({ ref }) => ref)).toContain(K);
  await client.keys.set(other, 'made');
  expect((await client.keys.set(other, 'changed')).value).toBe('changed');
  expect(await client.keys.remove(K)).toMatchObject(DONE);
  expect([await client.keys.valueOrNull(other), await client.keys.valueOrNull(K)]).toEqual(['changed', null]);
}

/** Tenants. */
export async function tenants({ ctx, client }: Guide): Promise<void> {
  const slug = ctx.name('tenant').replaceAll('_', '-');
  const admin = { login: `${slug}@example.test`, password: 'Password-1' };
  expect(await client.tenants.create({ slug, name: 'T', admin })).toMatchObject({ slug, frozen: false });
  expect((await client.tenants.get(slug)).name).toBe('T');
  expect((await client.tenants.list()).map((tenant) => tenant.slug)).toContain(slug);
  expect(await client.tenants.update(slug, { frozen: true })).toMatchObject({ slug, frozen: true });
  expect((await client.tenants.remove(slug)).slug).toBe(slug);
}
