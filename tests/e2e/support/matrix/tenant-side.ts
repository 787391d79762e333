import type { Client } from '../../../../helpers/client/client';
import type { FixtureIds } from './fixtures';

/** A tenant of the matrix, its admin's client and its fixtures. */
export interface TenantSide {
  readonly slug: string;
  readonly token: string;
  readonly admin: number;
  readonly client: Client;
  readonly fixtures: FixtureIds;
}

/** All resources of a tenant, as one text. */
export const readEverything = async ({ client, fixtures }: TenantSide): Promise<string> =>
  JSON.stringify([
    await client.packs.list(),
    await client.actions.list(),
    await client.workflows.list(),
    await client.triggers.list(),
    await client.rules.list(),
    await client.sensors.list(),
    await client.keys.list(),
    await client.identities.list(),
    await client.permissions.sets(),
    await client.permissions.assignments(fixtures.identity),
    await client.events.list({}),
    await client.enforcements.list({}),
    await client.inquiries.list(),
    await client.executions.get(fixtures.execution),
    (await client.executions.list({})).map(({ id }) => id),
  ]);

/**
 * Disables the tenant's sensors. Their programs do not exist: each would fail and then raise an
 * alert, which is an event of the tenant.
 */
export async function disableSensors({ client, fixtures }: TenantSide): Promise<void> {
  const own = (await client.sensors.enabled()).filter(({ pack_ref }) => pack_ref === fixtures.pack);
  for (const { ref } of own) await client.sensors.disable(ref);
}
