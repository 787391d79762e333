import type { Pool } from 'pg';
import { DatabaseRefused } from '../database/database-refused';

/** Throws where a tenant has a clock of its own: this platform would read the real one for it. */
export async function requireRealClocks(owner: Pool): Promise<void> {
  const { rows } = await owner.query<{ slug: string }>(
    'select t.slug from tenant_clock c join tenant t on t.id = c.tenant order by t.slug',
  );
  if (rows.length === 0) return;
  const slugs = rows.map(({ slug }) => slug).join(', ');
  throw new DatabaseRefused(
    'CLOCK_OF_TENANT',
    `these tenants have a clock of their own: ${slugs}`,
    'start with PLATFORM_VIRTUAL_TIME=on',
  );
}
