import type { Execution } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import type { Pack } from '../../../contract/packs';
import { logIn, type Client } from '../../client/client';
import { executionToBe } from '../conditions/execution-conditions';
import type { Context } from '../context';
import { uploadFixture } from '../../fixtures/fixture-pack';
import { until } from '../polling';
import { createTenant } from './new-tenant';
import { createWebhookRule, type WebhookRule, type RuleParts } from './webhook-rule';

/** A tenant created by a test, with a client of its admin. */
export interface TestTenant {
  readonly id: number;
  readonly slug: string;
  /** Id of its admin, its only identity, and how it logs in. */
  readonly adminId: number;
  readonly login: string;
  readonly password: string;
  readonly client: Client;
  readonly token: string;
  /** Uploads `packs/<fixture>` under a ref, which another tenant may use, too. */
  pack(fixture: string, ref: string): Promise<Pack>;
  /**
   * Creates a webhook trigger and its rule, on an action of that pack: `<pack>.hook` and
   * `<pack>.rule`.
   */
  webhookRule(packRef: string, parts: RuleParts): Promise<WebhookRule>;
  /** Executes an action and waits for its completion. */
  runToCompletion(actionRef: string, parameters: JsonObject): Promise<Execution>;
}

/** Creates a tenant, which is removed after the test with everything in it. */
export async function createTestTenant(ctx: Context, part: string): Promise<TestTenant> {
  const { id, slug, adminId, login, password, remove } = await createTenant(ctx.client, ctx.name(part));
  ctx.defer(remove);
  const { client, token } = await logIn({ baseUrl: ctx.facts.url }, login, password);
  return {
    id,
    slug,
    adminId,
    login,
    password,
    client,
    token,
    pack: (fixture, ref) => uploadFixture(client, fixture, ref, `${ctx.facts.directory}/fixtures`),
    webhookRule: (packRef, { action, ...parts }) => {
      const released = () => undefined; // removed with the tenant
      const context = { client, packRef, name: (name: string) => name, defer: released };
      return createWebhookRule(context, { ...parts, action: `${packRef}.${action}` });
    },
    runToCompletion: async (actionRef, parameters) => {
      const { id } = await client.executions.execute({ action_ref: actionRef, parameters });
      return until(executionToBe('completed', client, id), ctx.deadline);
    },
  };
}
