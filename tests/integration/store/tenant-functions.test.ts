// The functions behind the routes about tenants serve the tenant `default` alone.
import { sql } from 'kysely';
import { DEFAULT_TENANT } from '../../../platform/store/database/connection';
import { withDatabase } from '../database/with-database';

const OTHER_TENANT = 2;

const database = withDatabase();

const select = (tenant: number, call: string) =>
  database().db.inTenant(tenant, (transaction) => sql.raw(`select * from ${call}`).execute(transaction));

test.each([
  'list_tenants()',
  `create_tenant('made', 'Made')`,
  `update_tenant('made', 'Changed', true, null)`,
  'remove_tenant(77)',
])('another tenant may not select from %s', async (call) => {
  await expect(select(DEFAULT_TENANT, call)).resolves.toBeDefined();

  const message = 'only the tenant default manages tenants';
  await expect(select(OTHER_TENANT, call)).rejects.toMatchObject({ code: '42501', message });
});
