// Spec: every filter, pair of filters and page of the audit log has exactly its rows, in order.
import { claim } from '../../../../helpers/scenario/claim';
import { AUDIT_LISTS } from '../../support/lists/audit-lists';
import { leaveAuditTrail, readAuditTrail } from '../../support/lists/audit-trail';
import { expectLists } from '../../support/lists/expect-lists';
import { createTwins } from '../../support/lists/tenant-twins';

const NEEDS = ['core', 'tenants', 'clock.virtual', 'workers.lifecycle'];

claim('T3.32d', NEEDS, 'each filter and page of the audit log has its rows', async (ctx) => {
  const twins = await createTwins(ctx, async (tenant) => {
    const trail = await leaveAuditTrail(tenant);
    return { audit: await readAuditTrail(tenant, trail) };
  });
  await expectLists(twins, AUDIT_LISTS);
});
