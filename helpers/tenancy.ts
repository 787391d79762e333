import type { Execution } from '../contract/executions';
import type { JsonObject } from '../contract/json';
import type { Pack } from '../contract/packs';
import { logIn, type Client } from './client/client';
import { executionToBe } from './conditions';
import type { Context } from './context';
import { uploadFixture } from './fixtures';
import { randomName } from './names';
import { until } from './polling';
import { makeWebhookRule, type WebhookRule, type WebhookRuleParts } from './webhook-rule';

/** A tenant of the test's own, seen by its admin. */
export interface Tenancy {
  readonly slug: string;
  readonly client: Client;
  readonly token: string;
  /** Uploads `packs/<fixture>` under a ref, which another tenant may have as well. */
  pack(fixture: string, ref: string): Promise<Pack>;
  /** A webhook and a rule on it, in that pack: `<pack>.hook` and `<pack>.rule`. */
  webhookRule(packRef: string, parts: WebhookRuleParts): Promise<WebhookRule>;
  /** Runs an action to its end. */
  completed(actionRef: string, parameters: JsonObject): Promise<Execution>;
}

/** Makes a tenant. It goes after the test, and all that is in it goes with it. */
export async function newTenant(ctx: Context, part: string): Promise<Tenancy> {
  const { tenants } = ctx.client;
  const slug = ctx.name(part);
  const login = `${slug}@example.test`;
  const password = `Pass-${randomName(16)}`;
  await tenants.create({ slug, name: part, admin: { login, password } });
  ctx.defer(() => tenants.remove(slug));
  ctx.defer(() => tenants.update(slug, { frozen: true }));
  const { client, token } = await logIn({ baseUrl: ctx.facts.url }, login, password);
  return {
    slug,
    client,
    token,
    pack: (fixture, ref) => uploadFixture(client, fixture, ref, `${ctx.facts.directory}/fixtures/${slug}`),
    webhookRule: (packRef, parts) => {
      const action = (name: string) => `${packRef}.${name}`;
      const maker = { client, packRef, name: (one: string) => one, action, defer: () => undefined };
      return makeWebhookRule({ ...maker, stop: () => Promise.resolve() }, parts);
    },
    completed: async (actionRef, parameters) => {
      const { id } = await client.executions.execute({ action_ref: actionRef, parameters });
      return until(executionToBe('completed', client, id), ctx.deadline);
    },
  };
}
