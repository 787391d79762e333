import { logIn, type Client } from './client/client';
import { ApiError } from './errors';
import { randomName } from './names';

/** Makes a tenant, looks out of it at a pack of ours, freezes it and removes it. */
export async function probeTenants(client: Client, baseUrl: string, ourPack: string): Promise<Record<string, boolean>> {
  const slug = `e2e-probe-${randomName(8)}`;
  const login = `${slug}@example.test`;
  const password = `Pass-${randomName(16)}`;
  try {
    await client.tenants.create({ slug, name: 'probe', admin: { login, password } });
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return { tenants: false };
    throw error;
  }
  const inside = await logIn({ baseUrl }, login, password);
  const seen = await inside.client.packs.getOrNull(ourPack);
  await client.tenants.update(slug, { frozen: true });
  const locked = await statusOf(inside.client.packs.list());
  const removed = await client.tenants.remove(slug);
  const gone = await statusOf(client.tenants.get(slug));
  return { tenants: seen === null && locked === 403 && removed.rows.identity === 1 && gone === 404 };
}

async function statusOf(asked: Promise<unknown>): Promise<number> {
  try {
    await asked;
    return 200;
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
}
