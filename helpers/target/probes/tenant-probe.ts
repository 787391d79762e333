import { logIn } from '../../client/client';
import { rejectionStatus } from '../../client/rejection-status';
import { randomName } from '../../scenario/names';
import { requireThat, type Probe } from './probe-context';

/** Creates a tenant, requests a pack of the own tenant from it, freezes it and removes it. */
export const probeTenants: Probe = async ({ client, baseUrl, pack, defer }) => {
  const slug = `e2e-probe-${randomName(8)}`;
  const login = `${slug}@example.test`;
  const password = `Pass-${randomName(16)}`;
  await client.tenants.create({ slug, name: 'probe', admin: { login, password } });
  defer(() => client.tenants.remove(slug));
  defer(() => client.tenants.update(slug, { frozen: true }));
  const { client: tenantClient } = await logIn({ baseUrl }, login, password);
  requireThat((await tenantClient.packs.getOrNull(pack)) === null, 'a new tenant can read a pack of another tenant');
  await client.tenants.update(slug, { frozen: true });
  const frozenStatus = await rejectionStatus(tenantClient.packs.list());
  requireThat(frozenStatus === 403, `a user of a frozen tenant received ${frozenStatus ?? 200} instead of 403`);
  const { rows } = await client.tenants.remove(slug);
  requireThat(rows.identity === 1, `the removal of a tenant removed ${rows.identity ?? 0} identities instead of 1`);
  const removedStatus = await rejectionStatus(client.tenants.get(slug));
  requireThat(removedStatus === 404, `a removed tenant answered ${removedStatus ?? 200} instead of 404`);
};
