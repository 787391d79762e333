import type { Client } from '../../client/client';
import { randomName } from '../names';

/** A tenant that the run's own user has created, and the login of its admin. */
interface NewTenant {
  readonly id: number;
  readonly slug: string;
  /** Id of its admin, its only identity. */
  readonly adminId: number;
  readonly login: string;
  readonly password: string;
  /** Freezes it, and removes it with everything in it. */
  remove(): Promise<void>;
}

/** Creates a tenant. `name`: unique; it becomes the slug. */
export async function createTenant({ tenants }: Pick<Client, 'tenants'>, name: string): Promise<NewTenant> {
  const slug = name.replaceAll('_', '-');
  const login = `${slug}@example.test`;
  const password = `Pass-${randomName(16)}`;
  const { id, admin } = await tenants.create({ slug, name, admin: { login, password } });
  const remove = async (): Promise<void> => {
    await tenants.update(slug, { frozen: true });
    await tenants.remove(slug);
  };
  return { id, slug, adminId: admin.id, login, password, remove };
}
