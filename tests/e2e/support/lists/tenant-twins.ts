import type { Client } from '../../../../helpers/client/client';
import type { Context } from '../../../../helpers/scenario/context';
import { createTestTenant, type TestTenant } from '../../../../helpers/scenario/resources/test-tenant';
import type { TwinFixtures } from './expect-lists';

/** The tenant of a fixture. */
export interface TwinTenant extends Pick<TestTenant, 'adminId' | 'slug' | 'token'> {
  readonly ctx: Context;
  readonly client: Client;
}

/**
 * Creates a fixture in two new tenants, under the same names. Their clocks stand still: what is
 * created one after the other has one instant.
 */
export async function createTwins<F>(
  ctx: Context,
  create: (tenant: TwinTenant) => Promise<F>,
): Promise<TwinFixtures<F>> {
  const [own, twin] = await Promise.all(
    ['own', 'twin'].map(async (part) => {
      const { client, adminId, slug, token } = await createTestTenant(ctx, part);
      await client.clock.set({ mode: 'pinned' });
      return { client, fixture: await create({ ctx, client, adminId, slug, token }) };
    }),
  );
  return { client: own!.client, own: own!.fixture, twin: twin!.fixture };
}
