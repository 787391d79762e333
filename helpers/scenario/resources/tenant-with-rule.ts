import type { Context } from '../context';
import { createTestTenant, type TestTenant } from './test-tenant';
import type { WebhookRule } from './webhook-rule';

export interface TenantWithRule extends TestTenant {
  readonly hook: WebhookRule;
  /** The ref of its action `echo-params`. */
  readonly action: string;
}

/**
 * A tenant with a pack, an action, and a webhook rule that passes the event's nonce to the action.
 */
export async function createTenantWithRule(ctx: Context, part: string, packRef: string): Promise<TenantWithRule> {
  const tenant = await createTestTenant(ctx, part);
  await tenant.pack('e2e', packRef);
  const actionParams = { ...ctx.ledgerInput(part), nonce: '{{ event.payload.nonce }}' };
  const hook = await tenant.webhookRule(packRef, { action: 'echo-params', actionParams });
  return { ...tenant, hook, action: `${packRef}.echo-params` };
}
